import { EntitySchema } from 'typeorm'
import { DataSource } from 'typeorm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { schemaDigest } from '../../src/entities/schema-digest.js'
import type { EntitySnapshot } from '../../src/entities/snapshot.js'
import { stateOf } from '../../src/state.js'
import { Note } from '../support/entities.js'
import type { Seeded } from './data-source.js'
import { seededDataSource } from './data-source.js'

let seeded: Seeded
beforeAll(async () => {
  seeded = await seededDataSource()
})
afterAll(async () => {
  await seeded.dataSource.destroy()
})

const unknown: Readonly<Record<string, { entity: string; column: string }>> = {
  'an entity': { entity: 'Gone@gone', column: 'id' },
  'a column': { entity: 'Note@notes', column: 'gone' },
}

test.each(Object.entries(unknown))(
  'a stored result that names %s nobody knows is read anew',
  async (_, { entity, column }) => {
    const notes = seeded.dataSource.getRepository(Note)
    const { engine } = stateOf(seeded.dataSource)!
    const keys: string[] = []
    const stop = seeded.cache.on('hit', ({ key }) => void keys.push(key))
    await notes.getWithCache()
    await notes.getWithCache()
    const outdated: EntitySnapshot = {
      shapes: [JSON.stringify({ entity, columns: [[column, 'stored']], relations: [], ids: [] })],
      nodes: [[0, 1]],
      roots: [0],
      events: [],
      late: [],
    }
    await engine.reader.put(
      {
        space: engine.space,
        key: keys[0]!,
        dependencies: { tags: ['notes', 'notes~'] },
        policy: engine.policy,
      },
      outdated,
      undefined,
    )
    seeded.forget()
    expect(await notes.getWithCache()).toHaveLength(3)
    expect(seeded.failures).toMatchObject([{ action: 'restore', cause: { code: 'NOT_ENCODABLE' } }])
    await notes.getWithCache()
    seeded.forget()
    expect(await notes.getWithCache()).toHaveLength(3)
    expect(seeded.sent).toEqual([])
    stop()
  },
)

test('entities that are defined otherwise have other keys', async () => {
  const digestOf = async (options: {
    readonly type: 'int' | 'varchar'
    readonly transformed?: true
    readonly lazy?: true
  }) => {
    const entity = new EntitySchema<{ id: number; of: unknown }>({
      name: 'Thing',
      columns: {
        id: {
          type: options.type,
          primary: true,
          ...(options.transformed && { transformer: { from: String, to: Number } }),
        },
      },
      relations: { of: { type: 'many-to-one', target: 'Thing', lazy: options.lazy ?? false } },
    })
    const dataSource = new DataSource({ type: 'better-sqlite3', database: ':memory:', entities: [entity] })
    await dataSource.initialize()
    const digest = schemaDigest(dataSource)
    await dataSource.destroy()
    return digest
  }
  const digests = [
    await digestOf({ type: 'int' }),
    await digestOf({ type: 'varchar' }),
    await digestOf({ type: 'int', transformed: true }),
    await digestOf({ type: 'int', lazy: true }),
  ]
  expect(new Set(digests).size).toBe(4)
  expect(await digestOf({ type: 'int' })).toBe(digests[0])
})
