import { BentoCache, bentostore } from 'bentocache'
import { memoryDriver } from 'bentocache/drivers/memory'
import { createCache } from '@freshet/core'
import type { Rounds } from './measure.js'
import { measure } from './measure.js'
import type { Section } from './report.js'
import { row } from './row.js'

const tags = ['User', 'Team']

/** A hit of `getOrSet` with two tags on one row, beside bentocache's memory store. */
export async function benchCore(rounds: Rounds): Promise<Section> {
  const freshet = createCache()
  const bento = new BentoCache({
    default: 'memory',
    stores: { memory: bentostore().useL1Layer(memoryDriver({ maxItems: 10_000 })) },
  })
  const map = new Map([['user:7', row]])
  const load = () => row
  const rows = await measure(
    {
      'Freshet getOrSet, two tags': () => freshet.getOrSet('user:7', load, { tags }),
      'bentocache getOrSet, two tags': () =>
        bento.getOrSet({ key: 'user:7', factory: load, tags, ttl: '5m' }),
      'Freshet getOrSet, no tags': () => freshet.getOrSet('user:7', load),
      'a Map and structuredClone': async () => structuredClone(map.get('user:7')),
    },
    rounds,
  )
  await bento.disconnectAll()
  return {
    title: 'core: a hit in memory, one row of eight columns',
    rows,
    goals: [
      {
        name: 'times faster than bentocache with two tags',
        value: rows['bentocache getOrSet, two tags'].ratio,
        limit: 5,
        atMost: false,
      },
    ],
  }
}
