import type { Cache } from '@freshet/core'
import { createCache } from '@freshet/core'
import { freshet } from '@freshet/typeorm'
import { DataSource, EntitySchema } from 'typeorm'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { catalogueSettled } from './support/catalogue-settled.js'

interface Note {
  id: number
  text: string
}

const NoteSchema = new EntitySchema<Note>({
  name: 'Note',
  tableName: 'notes',
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
    cache: freshet({ cache, tables: ['legacy'] }),
  }).initialize()
  await dataSource.query('CREATE TABLE legacy (id integer PRIMARY KEY, text varchar)')
  await catalogueSettled(dataSource)
})

afterEach(() => dataSource.destroy())

const notes = () => dataSource.getRepository<Note>('Note')

test.each([
  ['Note', () => notes().insert({ text: 'b' })],
  ['Note', () => notes().update(1, { text: 'b' })],
  ['notes', () => notes().delete(1)],
  ['legacy', () => dataSource.query("INSERT INTO legacy VALUES (1, 'a')")],
] as const)('what was kept by hand under %s ends with a write that tells its rows', async (tag, write) => {
  await notes().insert({ text: 'a' })
  let loads = 0
  const read = () => cache.getOrSet('k', () => ++loads, { tags: [tag] })
  await read()
  expect(await read()).toBe(1)
  await write()
  expect(await read()).toBe(2)
})

test('a read that names a table in its tags ends with every write to it', async () => {
  let loads = 0
  const stop = cache.on('miss', () => void loads++)
  const read = () => notes().getOneWithCache({ where: { id: 7 } }, { tags: ['legacy'] })
  await read()
  await read()
  await dataSource.query("INSERT INTO legacy VALUES (1, 'a')")
  await read()
  stop()
  expect(loads).toBe(2)
})

test('a read that names a row in its tags ends with every change of that, whatever it shows', async () => {
  await notes().insert({ text: 'a' })
  let loads = 0
  const stop = cache.on('miss', () => void loads++)
  const read = (tags?: readonly string[]) =>
    notes().getOneWithCache({ select: { id: true }, where: { id: 1 } }, tags && { tags })
  await read()
  await notes().update(1, { text: 'b' })
  await read()
  expect(loads).toBe(1)
  await read(['Note#1'])
  await notes().update(1, { text: 'c' })
  await read(['Note#1'])
  stop()
  expect(loads).toBe(3)
})
