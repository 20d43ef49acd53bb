import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import type { Service } from '../../test/services/index.js'
import { quantile } from './pressure/workers.js'
import type { Section } from './report.js'

export interface StampedeSetup {
  /** URLs. */
  readonly redis: string
  readonly postgres: string
  readonly ttl: string
  /** Of each process. */
  readonly readers: number
}

const processes = 4
const queryMs = 200

/**
 * How many queries the database sees when many readers in several processes ask at once for one answer that has just expired.
 *
 * @param postgres connection string of a database of its own
 */
export async function benchStampede(redis: Service, postgres: string, readers: number): Promise<Section> {
  const database = new pg.Client({ connectionString: postgres })
  await database.connect()
  await database.query('create sequence stampede')
  const setup = { redis: redis.url, postgres, ttl: '2s', readers: readers / processes }
  const children = await Promise.all(Array.from({ length: processes }, async () => await start(setup)))
  try {
    // One after the other: the first one loads, the others find it.
    for (const child of children) await ask(child, 'read')
    await Promise.all(children.map(async (child) => await ask(child, 'expire')))
    const before = await queries(database)
    const tookMs = await Promise.all(
      children.map(async (child) => (await ask(child, 'stampede')) as readonly number[]),
    )
    const count = (await queries(database)) - before
    await Promise.all(children.map(async (child) => await ask(child, 'end')))
    const p99 = quantile(tookMs.flat(), 0.99)
    return {
      title: `redis: ${readers.toLocaleString('en')} readers of one expired query of 200 ms, in ${processes} processes (99 of 100 are answered within ${Math.round(p99)} ms)`,
      rows: {},
      goals: [
        { name: 'queries that the database sees', value: count, limit: 1, atMost: true },
        { name: 'p99 of the readers, against the query', value: p99 / queryMs, limit: 1.5, atMost: true },
      ],
    }
  } finally {
    for (const child of children) child.kill()
    await database.end()
  }
}

async function queries(database: pg.Client): Promise<number> {
  const { rows } = await database.query<{ count: string }>(
    'select case when is_called then last_value else 0 end as count from stampede',
  )
  return Number(rows[0]!.count)
}

async function start(setup: StampedeSetup): Promise<ChildProcess> {
  const child = spawn(process.execPath, [...process.execArgv, program], {
    env: { ...process.env, STAMPEDE: JSON.stringify(setup) },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  await once(child, 'message')
  return child
}

async function ask(child: ChildProcess, step: string): Promise<unknown> {
  const answered = once(child, 'message')
  child.send(step)
  const [answer] = (await answered) as [unknown]
  return answer
}

const program = fileURLToPath(new URL('./stampede-process.ts', import.meta.url))
