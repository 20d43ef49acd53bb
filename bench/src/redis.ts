import { createCache, type Cache } from '@freshet/core'
import { redisStore } from '@freshet/redis'
import { Redis } from 'ioredis'
import type { Service } from '../../test/services/index.js'
import type { Measurement, Rounds } from './measure.js'
import { measure } from './measure.js'
import type { Section } from './report.js'
import { row } from './row.js'

const options = { tags: ['User', 'Team'], ttl: '1h' }
const readers = 100

/** Hits of `getOrSet` with two tags on one row, in a store on a server of this machine, by how they are made sure of. */
export async function benchRedis(redis: Service, rounds: Rounds): Promise<readonly Section[]> {
  const client = new Redis(redis.url)

  const caches = {
    strong: createCache({ store: redisStore(client, { prefix: 'strong:', advice: false }) }),
    withoutCopies: createCache({
      store: redisStore(client, { prefix: 'plain:', advice: false }),
      near: false,
    }),
    eventual: createCache({
      store: redisStore(client, { prefix: 'eventual:', advice: false }),
      consistency: 'eventual',
    }),
    memory: createCache(),
  }
  await client.set('bare', JSON.stringify(row))
  for (const cache of Object.values(caches)) await warm(cache)
  try {
    return [
      await oneAtATime(client, caches, rounds),
      await manyAtOnce(client, caches, { ...rounds, callsPerRound: Math.ceil(rounds.callsPerRound / 20) }),
      await withoutRoundTrip(caches, { ...rounds, callsPerRound: rounds.callsPerRound * 50 }),
    ]
  } finally {
    for (const cache of Object.values(caches)) await cache.close()
    client.disconnect()
  }
}

type Caches = Readonly<Record<'strong' | 'withoutCopies' | 'eventual' | 'memory', Cache>>

async function oneAtATime(client: Redis, caches: Caches, rounds: Rounds): Promise<Section> {
  const rows = await measure(
    {
      'one bare GET of ioredis': () => client.get('bare'),
      'strong hit with a near copy': () => hit(caches.strong),
      'strong hit without near copies': () => hit(caches.withoutCopies),
    },
    rounds,
  )
  const { ratio } = rows['strong hit with a near copy']
  return {
    title: 'redis: one hit after another',
    rows,
    goals: [{ name: 'strong hit with a near copy against a GET', value: ratio, limit: 1.3, atMost: true }],
  }
}

async function manyAtOnce(client: Redis, caches: Caches, rounds: Rounds): Promise<Section> {
  const rows = await measure(
    {
      'GETs of ioredis': () => atOnce(() => client.get('bare')),
      'strong hits with a near copy': () => atOnce(() => hit(caches.strong)),
      'strong hits without near copies': () => atOnce(() => hit(caches.withoutCopies)),
    },
    rounds,
  )
  const each = Object.fromEntries(Object.entries(rows).map(([name, row]) => [name, perReader(row)]))
  const { medianUs } = each['strong hits with a near copy']!
  return {
    title: `redis: ${readers} at once, each`,
    rows: each,
    goals: [{ name: 'µs of each strong hit', value: medianUs, limit: 15, atMost: true }],
  }
}

async function withoutRoundTrip(caches: Caches, rounds: Rounds): Promise<Section> {
  const rows = await measure(
    {
      'hit of the memory store': () => hit(caches.memory),
      'eventual hit with a near copy': () => hit(caches.eventual),
    },
    rounds,
  )
  const { ratio } = rows['eventual hit with a near copy']
  return {
    title: 'redis: hits without a round trip',
    rows,
    goals: [{ name: 'eventual hit against one of the memory store', value: ratio, limit: 1.1, atMost: true }],
  }
}

const load = () => row
const hit = (cache: Cache): Promise<unknown> => cache.getOrSet('user:7', load, options)
const atOnce = (run: () => Promise<unknown>): Promise<unknown> =>
  Promise.all(Array.from({ length: readers }, run))

const perReader = ({ medianUs, ratio }: Measurement): Measurement => ({ medianUs: medianUs / readers, ratio })

/** Until its entry is stored, copied, and known to be what the server has. */
async function warm(cache: Cache): Promise<void> {
  const before = cache.stats().hits
  while (cache.stats().hits < before + 20) {
    await hit(cache)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
