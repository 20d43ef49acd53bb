import { createCache } from '@freshet/core'
import { redisStore } from '@freshet/redis'
import { Redis } from 'ioredis'
import type { Setup } from './application.js'

const setup = JSON.parse(process.env.FILLS_PROCESS!) as Setup
const { host, port, lease, readers } = setup
const [redis, database] = [new Redis({ host, port }), new Redis({ host, port })]
const store = redisStore(redis, { fill: { from: 0, lease, wait: '1m' }, advice: false })
const cache = createCache({ store, ttl: '1h' })

/** A query that lasts until the test lets it end. */
async function load(): Promise<string> {
  await database.incr('loads')
  await database.rpush('loaders', process.pid)
  const [, row] = (await database.blpop('rows', 0))!
  return row
}

process.on('message', () => {
  const reads = Array.from(
    { length: readers },
    async () => await cache.getOrSet('k', load, { tags: ['User'] }),
  )
  void Promise.all(reads).then((rows) => process.send!({ rows: [...new Set(rows)], stats: cache.stats() }))
})
await Promise.all([redis.ping(), database.ping()])
process.send!('ready')
