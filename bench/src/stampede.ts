import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import type { Service } from '../../test/services/index.js'
import { quantile } from './pressure/workers.js'
import type { Goal, Section } from './report.js'

export interface StampedeSetup {
  /** URLs. */
  readonly redis: string
  readonly postgres: string
  readonly ttl: string
  /** Of each process. */
  readonly readers: number
}

/** What one process tells. */
export interface Stampede {
  /** Of each reader. */
  readonly tookMs: readonly number[]
  readonly cpuMs: number
}

const processes = 4
const queryMs = 200
const rounds = 5

/**
 * How many queries the database sees when many readers in several processes ask at once for one answer that has just expired.
 *
 * @param postgres connection string of a database of its own
 */
export async function benchStampede(redis: Service, postgres: string, readers: number): Promise<Section> {
  const database = new pg.Client({ connectionString: postgres })
  await database.connect()
  await database.query('create sequence stampede')
  const setup = { redis: redis.url, postgres, ttl: '3s', readers: readers / processes }
  const children = await Promise.all(Array.from({ length: processes }, async () => await start(setup)))
  try {
    // One after the other: the first one loads, the others find it.
    for (const child of children) await ask(child, 'read')
    await Promise.all(children.map(async (child) => await ask(child, 'serve')))
    const runs: Run[] = []
    for (let i = 0; i < rounds; i++) runs.push(await stampede(children, database))
    await Promise.all(children.map(async (child) => await ask(child, 'end')))
    const [first] = runs as [Run]
    const median = runs.toSorted((a, b) => a.p99 - b.p99)[Math.floor(rounds / 2)]!
    const cost = ({ cpuMs }: Run) => Math.round((1_000 * cpuMs) / readers)
    return {
      title: `redis: ${readers.toLocaleString('en')} readers of one expired query of ${queryMs} ms, in ${processes} processes (each takes ${cost(first)} µs of processor time the first time, ${cost(median)} µs in the median of ${rounds})`,
      rows: {},
      goals: [
        {
          name: 'queries that the database sees, at most',
          value: Math.max(...runs.map((run) => run.queries)),
          limit: 1,
          atMost: true,
        },
        p99Goal(`the first time`, first),
        p99Goal(`in the median of ${rounds} times`, median),
      ],
    }
  } finally {
    for (const child of children) child.kill()
    await database.end()
  }
}

interface Run {
  readonly queries: number
  readonly p99: number
  /** Of all processes. */
  readonly cpuMs: number
}

async function stampede(children: readonly ChildProcess[], database: pg.Client): Promise<Run> {
  await Promise.all(children.map(async (child) => await ask(child, 'expire')))
  const before = await queries(database)
  const told = await Promise.all(children.map(async (child) => (await ask(child, 'stampede')) as Stampede))
  const p99 = quantile(
    told.flatMap(({ tookMs }) => tookMs),
    0.99,
  )
  const cpuMs = told.reduce((sum, each) => sum + each.cpuMs, 0)
  return { queries: (await queries(database)) - before, p99, cpuMs }
}

const p99Goal = (when: string, { p99 }: Run): Goal => ({
  name: `p99 of the readers ${when}, against the query`,
  value: p99 / queryMs,
  limit: 1.5,
  atMost: true,
})

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
