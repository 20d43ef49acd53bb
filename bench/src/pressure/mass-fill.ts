import { createCache, memoryStore } from '@freshet/core'
import { engineOf, type ReadInfo } from '@freshet/core/adapter'
import { redisStore } from '@freshet/redis'
import { Redis } from 'ioredis'
import type { Service } from '../../../test/services/index.js'
import type { Goal, Section } from '../report.js'

/** How many of the entries that are filled at one moment expire in one second, with the default time to live and jitter. */
export async function benchMassFill(redis: Service, entries: number): Promise<Section> {
  return {
    title: `pressure: ${entries.toLocaleString('en')} entries filled at one moment`,
    rows: {},
    goals: [
      goal('in memory', await lifetimesInMemory(entries)),
      goal('as Redis keeps them', await lifetimesInRedis(redis, entries)),
    ],
  }
}

function goal(where: string, lifetimesMs: readonly number[]): Goal {
  const bySecond = new Map<number, number>()
  for (const ms of lifetimesMs) {
    const second = Math.floor(ms / 1000)
    bySecond.set(second, (bySecond.get(second) ?? 0) + 1)
  }
  const most = Math.max(...bySecond.values())
  return {
    name: `${where}: percent that expire in the worst of ${bySecond.size} seconds`,
    value: (100 * most) / lifetimesMs.length,
    limit: 2.5,
    atMost: true,
  }
}

async function lifetimesInMemory(entries: number): Promise<readonly number[]> {
  const cache = createCache({ store: memoryStore({ maxEntries: entries, maxBytes: 2 ** 30 }) })
  const { reader, space, policy, clock } = engineOf(cache)!
  const lifetimes: number[] = []
  for (let i = 0; i < entries; i++) {
    const request = {
      space,
      key: `fill:${i}`,
      dependencies: { tags: ['Item'] },
      policy,
      load: () => ({ id: i }),
    }
    const storedAt = clock.now()
    await reader.read(request)
    const info: ReadInfo = { status: 'miss' }
    await reader.read({ ...request, info })
    lifetimes.push(clock.now() + info.expiresInMs! - storedAt)
  }
  await cache.close()
  return lifetimes
}

async function lifetimesInRedis(redis: Service, entries: number): Promise<readonly number[]> {
  const client = new Redis(redis.url)
  const prefix = 'mass:'
  const cache = createCache({ near: false, store: redisStore(client, { advice: false, prefix }) })
  // Until it is connected, nothing is stored.
  await client.ping()
  const chunk = 200
  for (let i = 0; i < entries; i += chunk) {
    await Promise.all(
      Array.from({ length: chunk }, (_, n) => cache.getOrSet(`fill:${i + n}`, () => ({ id: i + n }))),
    )
    // What is stored is not waited for by who reads it; on one connection an answer comes after those that were asked for before.
    await new Promise(setImmediate)
    await client.ping()
  }
  const lifetimes: number[] = []
  const keys = await client.keys(`${prefix}*`)
  for (let i = 0; i < keys.length; i += chunk) {
    const pipeline = client.pipeline()
    for (const key of keys.slice(i, i + chunk)) pipeline.call('PEXPIRETIME', key).getrange(key, 13, 200)
    const replies = (await pipeline.exec())!
    for (let n = 0; n < replies.length; n += 2) {
      const storedAt = /^\["s:fill:\d+",\d+,(\d+)/.exec(String(replies[n + 1]![1]))?.[1]
      if (storedAt !== undefined) lifetimes.push(Number(replies[n]![1]) - Number(storedAt))
    }
  }
  await cache.close()
  client.disconnect()
  if (lifetimes.length < entries)
    throw new Error(`Only ${lifetimes.length} of ${entries} entries were found.`)
  return lifetimes
}
