import { setTimeout as wait } from 'node:timers/promises'
import { type Cache, createCache } from '@freshet/core'
import { redisStore } from '@freshet/redis'
import { Redis } from 'ioredis'
import pg from 'pg'
import { startRedisServer } from '../../../test/services/index.js'
import type { Goal, Section } from '../report.js'
import { between, p99, startWorkers } from './workers.js'

export interface Outage {
  /** In milliseconds, each of them. */
  readonly before: number
  readonly down: number
  readonly after: number
}

const rows = 200
const readers = 16
/** From when on reads must be as quick as without a cache. */
const settledMs = 2_000
const turnMs = 250
/** As the documentation of the store recommends. ioredis itself waits up to 2 s, and from version 6 on up to 5. */
const retryStrategy = (times: number) => Math.min(times * 50, 500)

/**
 * Redis goes away under readers, once without a word (SIGSTOP) and once for good (SIGKILL), and comes back.
 *
 * @param postgres connection string of a database of its own
 */
export async function benchOutage(postgres: string, outage: Outage): Promise<Section> {
  const pool = new pg.Pool({ connectionString: postgres, max: 8 })
  await pool.query('create table item (id int primary key, body text)')
  await pool.query(`insert into item select n, repeat('x', 200) from generate_series(1, ${rows}) n`)
  const query = async (id: number) => (await pool.query('select * from item where id = $1', [id])).rows
  try {
    return {
      title: `pressure: Redis goes away for ${outage.down / 1000} s under ${readers} readers`,
      rows: {},
      goals: [...(await goOut('SIGSTOP', query, outage)), ...(await goOut('SIGKILL', query, outage))],
    }
  } finally {
    await pool.end()
  }
}

type Query = (id: number) => Promise<unknown>

const anyId = () => 1 + Math.floor(Math.random() * rows)

async function goOut(signal: 'SIGSTOP' | 'SIGKILL', query: Query, outage: Outage): Promise<readonly Goal[]> {
  const server = await startRedisServer()
  const client = new Redis(server.url, { retryStrategy })
  // While the server is away there are many, and the library tells of what matters.
  client.on('error', () => undefined)
  const cache = createCache({ store: redisStore(client, { advice: false }) })
  const read = async (id: number) =>
    await cache.getOrSet(`item:${id}`, async () => await query(id), { tags: ['Item', `Item#${id}`] })
  try {
    await client.ping()
    const turns = { readsCache: true }
    const workers = startWorkers(readers, async () => {
      const { readsCache } = turns
      await (readsCache ? read : query)(anyId())
      return readsCache
    })
    await wait(outage.before)
    const before = await hitRatio(cache, 500)
    await (signal === 'SIGSTOP' ? server.pause() : server.kill())
    await wait(settledMs)
    const settledAt = performance.now()
    await takeTurns(outage.down - settledMs, (readsCache) => (turns.readsCache = readsCache))
    const awayUntil = performance.now()
    await (signal === 'SIGSTOP' ? server.resume() : server.start())
    const returnedAt = performance.now()
    const backAfter = await untilBack(cache, before, returnedAt, outage.after)
    await workers.stop()
    const settled = between(workers.samples, settledAt, awayUntil)
    const p99Of = (cached: boolean) => p99(settled.filter(({ read }) => read === cached))
    return [
      {
        name: `${signal}: queries that failed, of ${workers.samples.length}`,
        value: workers.samples.filter(({ failed }) => failed).length,
        limit: 0,
        atMost: true,
      },
      {
        name: `${signal}: p99 from 2 s after the stop, against uncached, which is ${p99Of(false).toFixed(1)} ms`,
        value: p99Of(true) / p99Of(false),
        limit: 1.3,
        atMost: true,
      },
      { name: `${signal}: seconds until hits are back`, value: backAfter / 1000, limit: 5, atMost: true },
    ]
  } finally {
    await cache.close()
    client.disconnect()
    await server.stop()
  }
}

/** Both kinds of reads see the same machine, whatever else it does. */
async function takeTurns(ms: number, next: (readsCache: boolean) => void): Promise<void> {
  const until = performance.now() + ms
  for (let readsCache = false; performance.now() < until; readsCache = !readsCache) {
    next(readsCache)
    await wait(turnMs)
  }
  next(true)
}

/** Of the reads of so many milliseconds. */
async function hitRatio(cache: Cache, ms: number): Promise<number> {
  const before = cache.stats()
  await wait(ms)
  const after = cache.stats()
  const reads = after.hits + after.misses + after.bypasses - before.hits - before.misses - before.bypasses
  return reads === 0 ? 0 : (after.hits - before.hits) / reads
}

/** Milliseconds since `from` until as many are hits as before, nearly; `limit` if they never are. */
async function untilBack(cache: Cache, before: number, from: number, limit: number): Promise<number> {
  while (performance.now() - from < limit)
    if ((await hitRatio(cache, 200)) >= 0.98 * before) return performance.now() - from
  return limit
}
