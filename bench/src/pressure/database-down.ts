import { setTimeout as wait } from 'node:timers/promises'
import { createCache } from '@freshet/core'
import pg from 'pg'
import { startPostgres } from '../../../test/services/index.js'
import type { Section } from '../report.js'
import { p99, startWorkers } from './workers.js'

const rows = 1_000
const readers = 32

/** The database is killed, and readers under `staleIfError` ask for what there was. */
export async function benchDatabaseDown(downMs: number): Promise<Section> {
  const postgres = await startPostgres()
  const pool = new pg.Pool({
    connectionString: await postgres.createDatabase(),
    max: 8,
    connectionTimeoutMillis: 1_000,
  })
  pool.on('error', () => undefined)
  const cache = createCache({ ttl: '1s', staleIfError: '10m' })
  try {
    await pool.query('create table item (id int primary key, body text)')
    await pool.query(`insert into item select n, repeat('x', 200) from generate_series(1, ${rows}) n`)
    const read = async (id: number) =>
      await cache.getOrSet(
        `item:${id}`,
        async () => (await pool.query('select * from item where id = $1', [id])).rows,
        { tags: ['Item'] },
      )
    for (let id = 1; id <= rows; id++) await read(id)
    await postgres.kill()
    await wait(1_200)
    const workers = startWorkers(readers, async () => await read(1 + Math.floor(Math.random() * rows)))
    await wait(downMs)
    await workers.stop()
    const failed = workers.samples.filter((sample) => sample.failed).length
    return {
      title: `pressure: the database is down for ${downMs / 1000} s under staleIfError (${workers.samples.length.toLocaleString('en')} reads, p99 ${p99(workers.samples).toFixed(1)} ms, ${cache.stats().loads - rows} attempts to load)`,
      rows: {},
      goals: [{ name: 'reads that were not answered', value: failed, limit: 0, atMost: true }],
    }
  } finally {
    await cache.close()
    await pool.end().catch(() => undefined)
    await postgres.stop()
  }
}
