import { createCache, isFreshetError, memoryStore } from '@freshet/core'
import type { Clock } from '@freshet/core'
import { faultKinds, faultyStore } from '@freshet/testing'
import type { DataSourceOptions } from 'typeorm'
import { DataSource, EntitySchema } from 'typeorm'
import { describe, expect, it } from 'vitest'
import { freshet } from '../src/index.js'
import { catalogueSettled } from './support/catalogue-settled.js'
import {
  Comment,
  decoratedEntities,
  Label,
  Membership,
  Note,
  Post,
  Profile,
  User,
} from './support/entities.js'
import { schemaEntities } from './support/schemas.js'
import type { Watched } from './tap/watched.js'
import { createDatabase, open, prepare } from './tap/watched.js'

const sqlite: DataSourceOptions = { type: 'better-sqlite3', database: ':memory:' }

function codeOf(run: () => unknown): string | undefined {
  try {
    run()
  } catch (error) {
    return isFreshetError(error) ? error.code : String(error)
  }
  return undefined
}

describe('the option', () => {
  it('refuses what is no cache, an unknown option, and a wrong scope, name or dependsOn', () => {
    const cache = createCache()
    const given: readonly unknown[] = [
      {},
      { cache: true },
      { cache, tttl: '1m' },
      { cache, scope: 'tenant' },
      { cache, database: 'no spaces' },
      { cache, dependsOn: ['Post'] },
      { cache, dependsOn: { Post: 'User' } },
      { cache, tables: 'audit' },
      { cache, tables: [1] },
      { cache, precision: 'rows' },
      { cache, entities: ['Post'] },
    ]
    for (const options of given) expect(codeOf(() => freshet(options as never))).toBe('INVALID_OPTION')
  })

  it('refuses a database whose SQL it does not read', () => {
    const create = () =>
      new DataSource({
        type: 'cockroachdb',
        timeTravelQueries: false,
        cache: freshet({ cache: createCache() }),
      })
    expect(codeOf(create)).toBe('UNSUPPORTED_CLIENT')
  })

  it('refuses what TypeORM’s own caches take beside it', () => {
    const cache = { ...freshet({ cache: createCache() }), type: 'ioredis' as const }
    expect(codeOf(() => new DataSource({ ...sqlite, cache }))).toBe('INVALID_OPTION')
  })

  it('works when setOptions() gives it later, and again', async () => {
    const cache = createCache()
    const { dataSource: plain, ...watched } = prepare(sqlite)
    await watched.cache.close()
    plain.setOptions({ cache: freshet({ cache }) })
    const runnerOnce = plain.createQueryRunner
    plain.setOptions({ cache: freshet({ cache }) })
    expect(plain.createQueryRunner).toBe(runnerOnce)
    await plain.initialize()
    await plain.synchronize()
    const labels = plain.getRepository(Label)
    await labels.insert({ code: 'a' })
    expect(await labels.count({ cache: true })).toBe(1)
    const invalidations: unknown[] = []
    cache.on('invalidate', (event) => void invalidations.push(event))
    await labels.insert({ code: 'b' })
    expect(invalidations).toHaveLength(1)
    expect(await labels.count({ cache: true })).toBe(2)
    await plain.destroy()
  })

  it('works when it is given after initialize()', async () => {
    const dataSource = new DataSource({
      ...sqlite,
      entities: [Label, Post, User, Comment, Profile, Membership],
    })
    await dataSource.initialize()
    await dataSource.synchronize()
    const cache = createCache()
    dataSource.setOptions({ cache: freshet({ cache }) })
    await catalogueSettled(dataSource)
    const labels = dataSource.getRepository(Label)
    const count = () => labels.count({ cache: true })
    expect([await count(), await count()]).toEqual([0, 0])
    expect(cache.stats().hits).toBe(1)
    await labels.insert({ code: 'a' })
    expect(await count()).toBe(1)
    await cache.invalidate(['Label'])
    expect([await count(), await count(), cache.stats().hits]).toEqual([1, 1, 2])
    await dataSource.destroy()
  })

  it('works through start-up with dropSchema, synchronize and migrations', async () => {
    class Seed1700000000000 {
      async up(runner: { query(sql: string): Promise<unknown> }) {
        await runner.query(
          `CREATE TABLE "labels" ("code" varchar(40) PRIMARY KEY NOT NULL, "colour" varchar)`,
        )
        await runner.query(`INSERT INTO labels (code) VALUES ('migrated')`)
      }
      async down() {}
    }
    const { dataSource, cache } = prepare(
      sqlite,
      {},
      { dropSchema: true, synchronize: true, migrationsRun: true, migrations: [Seed1700000000000] },
    )
    await dataSource.initialize()
    expect(await dataSource.getRepository(Label).count({ cache: true })).toBe(1)
    await dataSource.undoLastMigration()
    await dataSource.dropDatabase()
    await dataSource.destroy()
    await cache.close()
  })

  it('names tables by their entities once these are known', async () => {
    const { dataSource, cache, fill, reread } = await open(sqlite)
    await fill()
    await cache.invalidate(['Label'])
    expect(await reread()).toEqual(['labels'])
    await dataSource.getRepository(Note).invalidateCache()
    expect(await reread()).toContain('notes')
    await dataSource.destroy()
  })

  it('stops observing with the cache that is closed', async () => {
    const { dataSource, cache } = await open(sqlite)
    await cache.close()
    await dataSource.getRepository(Note).insert({ text: 'after it' })
    expect(await dataSource.getRepository(Note).count({ cache: true })).toBeGreaterThan(0)
    await dataSource.destroy()
  })
})

describe('dependsOn', () => {
  it('carries a write to the tables that triggers change', async () => {
    const dependsOn = { Note: ['Label'], notes: ['audit'] }
    const { dataSource, touchedBy } = await open(sqlite, { dependsOn, tables: ['audit'] })
    await dataSource.query('CREATE TABLE audit (id int)')
    await dataSource.query(
      `CREATE TRIGGER noted AFTER UPDATE ON labels BEGIN UPDATE notes SET text = 'triggered'; END`,
    )
    const recolour = () => dataSource.getRepository(Label).update({ code: 'red' }, { colour: 'x' })
    expect(await touchedBy(recolour)).toEqual(['labels', 'notes'])
    // A table that is named is known, though it is no entity's.
    expect(await touchedBy(() => dataSource.query('INSERT INTO audit VALUES (1)'))).toEqual(['notes'])
    await dataSource.destroy()
  })

  it.each([
    ['a source', { Note: ['Lable'] }, /'Lable'.*Did you mean 'Label'\?.*tables: \['Lable'\]/],
    ['what depends on it', { Notte: ['Label'] }, /'Notte'.*Did you mean 'Note'\?/],
    ['a table', { Note: ['lables'] }, /'lables'.*Did you mean 'Label'\?/],
    ['something else', { Note: ['warehouse_stock'] }, /'warehouse_stock'.*neither an entity nor the table/],
  ])('with a misspelt name fails initialize(), and says so: %s', async (_, dependsOn, message) => {
    const { dataSource } = prepare(sqlite, { dependsOn })
    const failed = dataSource.initialize()
    await expect(failed).rejects.toThrow(message)
    await expect(failed).rejects.toMatchObject({ code: 'INVALID_OPTION' })
    expect(dataSource.isInitialized).toBe(false)
  })

  it('with a misspelt name is refused at once where the entities are known', async () => {
    const { dataSource, cache } = await open(sqlite)
    const setOptions = () =>
      dataSource.setOptions({ cache: freshet({ cache, dependsOn: { Note: ['Lable'] } }) })
    expect(codeOf(setOptions)).toBe('INVALID_OPTION')
    await dataSource.destroy()
  })

  it('tells what a view reads whose definition does not', async () => {
    const NotesAbroad = new EntitySchema({
      name: 'NotesAbroad',
      type: 'view',
      tableName: 'notes_abroad',
      expression: 'SELECT notes.id FROM notes, abroad',
      synchronize: false,
      columns: { id: { type: 'int' } },
    })
    const { dataSource, statements } = await open(
      sqlite,
      { dependsOn: { NotesAbroad: ['Note'] } },
      { entities: [...decoratedEntities, ...schemaEntities('better-sqlite3'), NotesAbroad] },
    )
    await dataSource.query('CREATE TABLE abroad (id int)')
    await dataSource.query('CREATE VIEW notes_abroad AS SELECT notes.id FROM notes, abroad')
    await catalogueSettled(dataSource)
    const read = () => dataSource.getRepository(NotesAbroad).find({ cache: true })
    const isRead = async (write: Promise<unknown>) => {
      await read()
      await write
      statements.length = 0
      await read()
      return statements.length > 0
    }
    expect(await isRead(dataSource.getRepository(Label).update('red', { colour: 'x' }))).toBe(false)
    expect(await isRead(dataSource.getRepository(Note).insert({ text: 'x' }))).toBe(true)
    await dataSource.destroy()
  })
})

describe('several DataSources', () => {
  it('of different databases share a cache under names of their own, and not without', async () => {
    const cache = createCache()
    const one = await open(sqlite, { cache, database: 'one' })
    const two = await open(sqlite, { cache, database: 'two' })
    await one.fill()
    await two.fill()
    await one.dataSource.getRepository(Note).insert({ text: 'only here' })
    expect(await two.reread()).toEqual([])
    expect(await one.reread()).toEqual(['notes'])
    const unnamed = prepare(sqlite, { cache })
    expect(codeOf(() => prepare(sqlite, { cache }))).toBe('SECOND_DATABASE')
    for (const { dataSource } of [one, two]) await dataSource.destroy()
    expect(unnamed.dataSource.isInitialized).toBe(false)
  })

  it('of one database invalidate what the other reads', async () => {
    const cache = createCache()
    const database = await createDatabase('postgres')
    const one = await open(database, { cache })
    const two = prepare(database, { cache })
    await two.dataSource.initialize()
    await two.fill()
    await one.dataSource.getRepository(Note).insert({ text: 'seen there' })
    expect(await two.reread()).toEqual(['notes'])
    for (const { dataSource } of [one, two]) await dataSource.destroy()
  })
})

describe('a schema of PostgreSQL', () => {
  it('is part of what tells answers apart, though the SQL is the same', async () => {
    const cache = createCache()
    const database = await createDatabase('postgres')
    const owner = await new DataSource(database).initialize()
    const schemas = ['north', 'south']
    for (const schema of schemas) {
      await owner.query(`CREATE SCHEMA ${schema}`)
      await owner.query(`CREATE TABLE ${schema}.labels AS SELECT '${schema}' AS code, NULL::text AS colour`)
    }
    await owner.destroy()
    const read = async ({ dataSource }: Watched) => {
      const byName = dataSource.createQueryBuilder().select('l.code', 'code').from('labels', 'l')
      const raw = await byName.cache(true).getRawMany<{ code: string }>()
      const entities = await dataSource.getRepository(Label).getWithCache()
      return [...raw, ...entities].map(({ code }) => code)
    }
    const opened = schemas.map((schema) =>
      prepare(
        database,
        { cache, database: 'shop', scope: () => 'everybody' },
        { schema, extra: { options: `-c search_path=${schema}` } },
      ),
    )
    for (const { dataSource } of opened) await dataSource.initialize()
    for (let round = 0; round < 2; round++) {
      expect(await Promise.all(opened.map(read))).toEqual(schemas.map((schema) => [schema, schema]))
    }
    expect(cache.stats().hits).toBe(4)
    for (const { dataSource } of opened) await dataSource.destroy()
  })
})

/** A clock on which deadlines are over as soon as they are set. */
function impatientClock(): Clock {
  let now = 0
  return {
    now: () => now,
    setTimer: (run, ms) => {
      const immediate = setImmediate(() => {
        now += ms
        run()
      })
      return () => clearImmediate(immediate)
    },
  }
}

describe('a store that fails', () => {
  it.each(faultKinds)('never fails a query or a commit, when it %s', async (kind) => {
    const store = faultyStore(memoryStore())
    const cache = createCache({ store, clock: impatientClock() })
    const { dataSource } = await open(sqlite, { cache })
    store.faults.alwaysFail(kind)
    const notes = dataSource.getRepository(Note)
    await dataSource.transaction((manager) => manager.insert(Note, { text: 'committed' }))
    await notes.update({ text: 'committed' }, { pinned: true })
    expect(await notes.find({ where: { text: 'committed' }, cache: true })).toHaveLength(1)
    store.faults.heal()
    expect(await notes.countBy({ text: 'committed' })).toBe(1)
    await dataSource.destroy()
  })
})

describe('a store that is down from the start', () => {
  it.each(faultKinds)(
    'does not keep a DataSource from being initialized and used, when it %s',
    async (kind) => {
      const store = faultyStore(memoryStore())
      store.faults.alwaysFail(kind)
      const cache = createCache({ store, clock: impatientClock() })
      const { dataSource } = prepare({ ...sqlite, synchronize: true }, { cache })
      await dataSource.initialize()
      const notes = dataSource.getRepository(Note)
      await notes.insert({ text: 'written' })
      expect(await notes.find({ cache: true })).toHaveLength(1)
      expect(await notes.getWithCache()).toHaveLength(1)
      await dataSource.queryResultCache!.clear()
      await dataSource.queryResultCache!.remove(['any'])
      await notes.invalidateCache()
      await dataSource.destroy()
    },
  )
})

describe('a session that was changed', () => {
  it('is no longer served without a scope', async () => {
    const database = await createDatabase('postgres')
    const plain = await open(database)
    await plain.dataSource.query(`SET search_path TO public`)
    await plain.fill()
    expect((await plain.reread()).length).toBeGreaterThan(10)
    await plain.dataSource.destroy()
    const scoped = await open(database, { scope: () => 'everybody' })
    await scoped.dataSource.query(`SET search_path TO public`)
    await scoped.fill()
    expect(await scoped.reread()).toEqual([])
    await scoped.dataSource.destroy()
  })
})
