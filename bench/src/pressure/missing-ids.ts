import { createCache } from '@freshet/core'
import pg from 'pg'
import type { Section } from '../report.js'

export interface MissingIds {
  readonly reads: number
  /** Ids are drawn at random from so many, none of which there is. */
  readonly universe: number
  readonly repeated: number
}

const readers = 32

/**
 * Reads of rows that there are not.
 *
 * @param postgres connection string of a database of its own
 */
export async function benchMissingIds(
  postgres: string,
  { reads, universe, repeated }: MissingIds,
): Promise<Section> {
  const pool = new pg.Pool({ connectionString: postgres, max: 8 })
  await pool.query('create table missing (id int primary key)')
  // Else an id is asked for again after 30 seconds, and this takes longer.
  const cache = createCache({ negativeTtl: '1h', ttl: '1h' })
  let queries = 0
  const read = async (id: number) =>
    await cache.getOrSet(
      `missing:${id}`,
      async () => {
        queries++
        const { rows } = await pool.query({
          name: 'missing',
          text: 'select * from missing where id = $1',
          values: [id],
        })
        return (rows[0] as unknown) ?? null
      },
      { tags: ['Missing'] },
    )
  const asked = new Set<number>()
  const list: number[] = []
  const run = async (count: number, next: () => number) => {
    let left = count
    await Promise.all(
      Array.from({ length: readers }, async () => {
        while (left-- > 0) await read(next())
      }),
    )
  }
  await run(2_000, () => -1 - Math.floor(Math.random() * universe))
  const before = used()
  queries = 0
  await run(reads, () => {
    const id = Math.floor(Math.random() * universe)
    if (!asked.has(id)) list.push(id)
    asked.add(id)
    return id
  })
  const ofStream = queries
  const distinct = asked.size
  asked.clear()
  const grown = used() - before
  queries = 0
  await run(repeated, () => list[Math.floor(Math.random() * list.length)]!)
  await cache.close()
  await pool.end()
  return {
    title: `pressure: ${reads.toLocaleString('en')} reads of ${distinct.toLocaleString('en')} random ids that are not there`,
    rows: {},
    goals: [
      { name: 'MiB of memory that it takes', value: grown / 2 ** 20, limit: 64, atMost: true },
      { name: 'queries for each distinct id', value: ofStream / distinct, limit: 1.05, atMost: true },
      {
        name: `percent of ${repeated.toLocaleString('en')} repeated ids that are queries`,
        value: (100 * queries) / repeated,
        limit: 1,
        atMost: true,
      },
    ],
  }
}

/** With `--expose-gc` what is really in use; else with what has not been collected yet, and so more. */
function used(): number {
  globalThis.gc?.()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}
