import type { Cache } from '@freshet/core'
import { createCache } from '@freshet/core'
import { freshet } from '@freshet/typeorm'
import { DataSource, EntitySchema } from 'typeorm'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { catalogueSettled } from '../support/catalogue-settled.js'

interface Note {
  id: number
  text: string
}

const NoteSchema = new EntitySchema<Note>({
  name: 'Note',
  tableName: 'note',
  columns: { id: { type: 'int', primary: true, generated: true }, text: { type: 'varchar' } },
})

let cache: Cache
let dataSource: DataSource

beforeEach(async () => {
  cache = createCache()
  dataSource = await new DataSource({
    type: 'better-sqlite3',
    database: ':memory:',
    entities: [NoteSchema],
    synchronize: true,
    cache: freshet({ cache }),
  }).initialize()
  await catalogueSettled(dataSource)
})

afterEach(() => dataSource.destroy())

const notes = () => dataSource.getRepository<Note>('Note')

/** All tags that a write has given new generations. */
async function bumpedBy(write: () => Promise<unknown>): Promise<readonly string[]> {
  const bumped: string[] = []
  const stop = cache.on('invalidate', ({ tags }) => void bumped.push(...tags))
  await write()
  stop()
  return bumped
}

test.each([
  ['insert()', () => notes().insert({ text: 'a' })],
  ['save()', () => notes().save({ text: 'a' })],
  ['query()', () => dataSource.query("INSERT INTO note (text) VALUES ('a')")],
  [
    'a runner that is asked for a structured result',
    async () => {
      const runner = dataSource.createQueryRunner()
      await runner.query("INSERT INTO note (text) VALUES ('a')", [], true)
      await runner.release()
    },
  ],
] as const)('the key that SQLite made for the one row of %s is told', async (_, write) => {
  const tags = await bumpedBy(write)
  expect(tags).toContain('note[id=1]')
  expect(tags).not.toContain('note[id=*]')
})

test('a row whose key is not known does not come into the set of another', async () => {
  await notes().insert({ text: 'a' })
  expect(await bumpedBy(() => notes().insert([{ text: 'b' }, { text: 'c' }]))).toContain('note[id=*]')
})
