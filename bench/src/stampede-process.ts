import { setTimeout as wait } from 'node:timers/promises'
import { createCache } from '@freshet/core'
import { redisStore } from '@freshet/redis'
import { Redis } from 'ioredis'
import pg from 'pg'
import type { Stampede, StampedeSetup } from './stampede.js'

const setup = JSON.parse(process.env.STAMPEDE!) as StampedeSetup
const redis = new Redis(setup.redis)
const pool = new pg.Pool({ connectionString: setup.postgres, max: 4 })
const cache = createCache({ store: redisStore(redis, { advice: false }), jitter: 0, ttl: setup.ttl })

/** A query that takes 200 ms, and that the database itself counts. */
async function load(): Promise<unknown> {
  const { rows } = await pool.query("select nextval('stampede') as number, pg_sleep(0.2)::text as slept")
  return rows
}

const read = async () => await cache.getOrSet('report', load, { tags: ['Report'] })

const steps: Readonly<Record<string, () => Promise<unknown>>> = {
  read,
  async expire() {
    while (await cache.has('report')) await wait(20)
  },
  /** What everybody reads is read before it expires, too: some a tick. */
  async serve() {
    for (let i = 0; i < 200; i++) await Promise.all(Array.from({ length: 25 }, read))
  },
  async stampede() {
    const before = process.cpuUsage()
    const tookMs = await Promise.all(
      Array.from({ length: setup.readers }, async () => {
        const startedAt = performance.now()
        await read()
        return performance.now() - startedAt
      }),
    )
    const { user, system } = process.cpuUsage(before)
    return { tookMs, cpuMs: (user + system) / 1000 } satisfies Stampede
  },
  async end() {
    await cache.close()
    redis.disconnect()
    await pool.end()
  },
}

process.on('message', (step: string) => {
  void steps[step]!().then((answer) =>
    process.send!(answer ?? 'done', () => step === 'end' && process.disconnect()),
  )
})
await Promise.all([redis.ping(), pool.query('select 1')])
process.send!('ready')
