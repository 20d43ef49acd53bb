import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { type Cache, createCache } from '@freshet/core'
import pg from 'pg'
import type { Goal, Section } from '../report.js'

export interface MissingIds {
  readonly reads: number
  /** Ids are drawn at random from so many, none of which there is. */
  readonly universe: number
  readonly repeated: number
}

const readers = 32
const queryText = { name: 'missing', text: 'select * from missing where id = $1' }

// What nobody has to configure, and the least that jitter leaves of it.
const defaultTtlMs = 30_000
const leastTtlMs = 0.9 * defaultTtlMs

/**
 * Reads of rows that there are not.
 *
 * @param postgres connection string of a database of its own
 */
export async function benchMissingIds(postgres: string, setup: MissingIds): Promise<Section> {
  const pool = new pg.Pool({ connectionString: postgres, max: 8 })
  await pool.query('create table missing (id int primary key)')
  try {
    const [remembered, byDefault] = [await longRemembered(pool, setup), await asIs(pool, setup)]
    return {
      title: `pressure: ${setup.reads.toLocaleString('en')} reads of ${remembered.distinct.toLocaleString('en')} random ids that are not there (by default each is asked for again after ${defaultTtlMs / 1_000} s: ${byDefault.perId.toFixed(2)} queries an id in ${byDefault.seconds} s)`,
      rows: {},
      goals: [...remembered.goals, ...byDefault.goals],
    }
  } finally {
    await pool.end()
  }
}

const goal = (name: string, value: number, limit: number): Goal => ({ name, value, limit, atMost: true })

/** So long that none is asked for again: a stream of a million takes longer than the default. */
async function longRemembered(pool: pg.Pool, { reads, universe, repeated }: MissingIds) {
  const cache = createCache({ negativeTtl: '1h', ttl: '1h' })
  let queries = 0
  const read = reader(cache, pool, () => queries++)
  const asked = new Set<number>()
  const list: number[] = []
  await run(2_000, () => read(-1 - random(universe)))
  const before = used()
  queries = 0
  await run(reads, () => {
    const id = random(universe)
    if (!asked.has(id)) list.push(id)
    asked.add(id)
    return read(id)
  })
  const ofStream = queries
  const distinct = asked.size
  asked.clear()
  const grown = used() - before
  queries = 0
  await run(repeated, () => read(list[random(list.length)]!))
  await cache.close()
  return {
    distinct,
    goals: [
      goal('MiB of memory that it takes', grown / 2 ** 20, 64),
      goal('queries for each distinct id', ofStream / distinct, 1.05),
      goal(
        `percent of ${repeated.toLocaleString('en')} repeated ids that are queries`,
        (100 * queries) / repeated,
        1,
      ),
    ],
  }
}

/** A cache that has been told nothing: of an id that was asked for a moment ago there is no second query. */
async function asIs(pool: pg.Pool, { reads, universe }: MissingIds) {
  const cache = createCache()
  const askedAt = new Float64Array(universe).fill(-Infinity)
  let queries = 0
  let early = 0
  let repeated = 0
  const read = reader(cache, pool, (id) => {
    queries++
    if (isRemembered(id)) early++
    askedAt[id] = performance.now()
  })
  const isRemembered = (id: number) => performance.now() - askedAt[id]! < leastTtlMs
  const startedAt = performance.now()
  await run(reads, () => {
    const id = random(universe)
    if (isRemembered(id)) repeated++
    return read(id)
  })
  const seconds = Math.round((performance.now() - startedAt) / 1_000)
  const distinct = askedAt.filter((at) => at > 0).length
  await cache.close()
  return {
    seconds,
    perId: queries / distinct,
    goals: [
      goal(
        `by default, queries for each id and ${defaultTtlMs / 1_000} s`,
        queries / (queries - early),
        1.05,
      ),
      goal(
        `by default, percent of ${repeated.toLocaleString('en')} ids repeated within that time that are queries`,
        (100 * early) / repeated,
        1,
      ),
    ],
  }
}

function reader(cache: Cache, pool: pg.Pool, asking: (id: number) => void) {
  return async (id: number) =>
    await cache.getOrSet(
      `missing:${id}`,
      async () => {
        asking(id)
        const { rows } = await pool.query({ ...queryText, values: [id] })
        return (rows[0] as unknown) ?? null
      },
      { tags: ['Missing'] },
    )
}

const random = (below: number): number => Math.floor(Math.random() * below)

async function run(count: number, read: () => Promise<unknown>): Promise<void> {
  let left = count
  await Promise.all(
    Array.from({ length: readers }, async () => {
      while (left-- > 0) await read()
    }),
  )
}

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

/** What is in use. */
function used(): number {
  for (let i = 0; i < 4; i++) collect()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}
