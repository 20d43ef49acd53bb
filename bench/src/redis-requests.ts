import { createCache, type CacheOptions } from '@freshet/core'
import { type RedisClient, redisStore } from '@freshet/redis'
import { Redis } from 'ioredis'
import type { Service } from '../../test/services/index.js'
import type { Goal, Section } from './report.js'
import { row } from './row.js'

const tags = ['User', 'Team']

/** How many requests each step sends before it is answered, or has left what it must: what travels together is one. */
export async function countRequests(redis: Service): Promise<Section> {
  const goals = [
    ...(await counted(redis, 'strong', {})),
    ...(await counted(redis, 'strong, without near copies', { near: false })),
    ...(await counted(redis, 'eventual', { consistency: 'eventual' })),
  ]
  return { title: 'redis: requests', rows: {}, goals }
}

async function counted(redis: Service, mode: string, options: CacheOptions): Promise<readonly Goal[]> {
  const client = new Redis(redis.url)
  await client.ping()
  const requests = countingClient(client, `${mode}:b:`)
  const cache = createCache({
    store: redisStore(requests.client, { prefix: `${mode}:`, advice: false }),
    ...options,
  })
  const read = async () => await cache.getOrSet('user:7', () => row, { tags, ttl: '1h' })
  const write = async () => await cache.write(tags, () => undefined)
  const count = async (step: () => Promise<unknown>) => {
    await requests.idle()
    const before = requests.sent()
    await step()
    await requests.idle()
    return requests.sent() - before
  }
  // The scripts and the generations are new to a server once.
  for (const step of [read, write, read, write]) await count(step)
  const miss = await count(read)
  const hit = await lastOf(10, () => count(read))
  const writes = await count(write)
  await cache.close()
  client.disconnect()
  const isEventual = mode === 'eventual'
  return [
    atMost(`${mode}: a hit`, hit, isEventual ? 0 : 1),
    atMost(`${mode}: a miss`, miss, 2),
    atMost(`${mode}: a write`, writes, isEventual ? 1 : 2),
  ]
}

const atMost = (name: string, value: number, limit: number): Goal => ({ name, value, limit, atMost: true })

async function lastOf(times: number, run: () => Promise<number>): Promise<number> {
  let last = 0
  for (let i = 0; i < times; i++) last = await run()
  return last
}

/** Heartbeats, whose keys begin with `beats`, are nobody's request and not counted. */
function countingClient(client: Redis, beats: string) {
  let sent = 0
  let underWay = 0
  let isTogether = false
  const watch = async <T>(reply: Promise<T>): Promise<T> => {
    underWay++
    try {
      return await reply
    } finally {
      underWay--
    }
  }
  const handOver = () => {
    if (!isTogether) sent++
    isTogether = true
    queueMicrotask(() => (isTogether = false))
  }
  const counting = new Proxy<RedisClient>(client, {
    get(target, name) {
      if (name === 'callBuffer')
        return (command: string, ...parts: (string | Buffer | number)[]) => {
          if (parts.some((part) => String(part).startsWith(beats)))
            return target.callBuffer(command, ...parts)
          handOver()
          return watch(target.callBuffer(command, ...parts))
        }
      const property: unknown = Reflect.get(target, name)
      return typeof property === 'function' ? property.bind(target) : property
    },
  })
  return {
    client: counting,
    sent: () => sent,
    async idle() {
      for (let quiet = 0; quiet < 20; quiet++) {
        await new Promise((resolve) => setImmediate(resolve))
        if (underWay > 0) quiet = 0
      }
    },
  }
}
