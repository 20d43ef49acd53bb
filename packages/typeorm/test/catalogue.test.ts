import { createCache } from '@freshet/core'
import type { CacheEvents } from '@freshet/core'
import { catalogueQueries } from '@freshet/sql'
import { Client } from 'pg'
import type { DataSourceOptions } from 'typeorm'
import { DataSource } from 'typeorm'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { freshet } from '../src/index.js'
import { stateOf } from '../src/state.js'
import { recording } from './rows/data-source.js'
import { decoratedEntities, Label, Note, UserSubscriber } from './support/entities.js'
import type { DatabaseName } from './tap/watched.js'
import { createDatabase } from './tap/watched.js'

// What a database says of its tables is asked past the tap when a DataSource is initialized, and again whenever a statement
// that passes may have changed it.

const triggers = {
  'better-sqlite3': 'CREATE TRIGGER touched AFTER UPDATE ON labels BEGIN SELECT 1; END',
  postgres:
    'CREATE TRIGGER touched BEFORE UPDATE ON labels FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()',
  mariadb: 'CREATE TRIGGER touched BEFORE UPDATE ON labels FOR EACH ROW SET NEW.colour = OLD.colour',
} as const

const leftovers: (() => unknown)[] = []
afterEach(async () => {
  for (const leftover of leftovers.splice(0).toReversed()) await leftover()
})

function made(options: DataSourceOptions, cache = createCache()) {
  const statements: string[] = []
  const dataSource = new DataSource({
    entities: decoratedEntities,
    synchronize: true,
    logger: recording(statements),
    logging: ['query'],
    subscribers: [UserSubscriber],
    ...options,
    cache: freshet({ cache }),
  })
  leftovers.push(async () => {
    vi.restoreAllMocks()
    if (dataSource.isInitialized) await dataSource.destroy()
    await cache.close()
  })
  return { dataSource, statements, cache }
}

async function opened(name: DatabaseName) {
  const all = made(await createDatabase(name))
  await all.dataSource.initialize()
  await catalogueOf(all.dataSource).settled()
  return all
}

const catalogueOf = (dataSource: DataSource) => stateOf(dataSource)!.catalogue
/** Why writes of labels have no precision; `unknown` as long as nothing is known of any table. */
function wideBecause(dataSource: DataSource): string | undefined {
  const catalogue = catalogueOf(dataSource).current
  return catalogue === undefined ? 'unknown' : catalogue.tables.get('labels')?.wideBecause
}

describe.each(['better-sqlite3', 'postgres', 'mariadb'] as const)('%s', (name) => {
  const createTrigger = triggers[name]

  test('is known when initialize() has made the tables, and the question is nobody’s query', async () => {
    const { dataSource, statements } = await opened(name)
    expect(catalogueOf(dataSource).current?.tables.get('labels')?.primaryKey).toEqual(['code'])
    const queries: readonly string[] = Object.values(catalogueQueries)
    expect(statements.length).toBeGreaterThan(0)
    expect(statements.filter((sql) => queries.includes(sql))).toEqual([])
  })

  test('is forgotten when definitions change, and known again after', async () => {
    const { dataSource } = await opened(name)
    const atOnce: (string | undefined)[] = []
    const { changing } = catalogueOf(dataSource)
    vi.spyOn(catalogueOf(dataSource), 'changing').mockImplementation(() => {
      const change = changing.call(catalogueOf(dataSource))
      atOnce.push(wideBecause(dataSource))
      return change
    })
    await dataSource.query(createTrigger)
    await catalogueOf(dataSource).settled()
    expect([atOnce, wideBecause(dataSource)]).toEqual([['unknown'], 'trigger'])
  })

  test('is known again after a change that was refused, and is not asked again for rows', async () => {
    const { dataSource } = await opened(name)
    await expect(dataSource.query('CREATE TABLE labels (id int)')).rejects.toThrow()
    await catalogueOf(dataSource).settled()
    const known = catalogueOf(dataSource).current
    expect(known?.tables.has('labels')).toBe(true)
    await dataSource.getRepository(Label).insert({ code: 'a', colour: 'red' })
    await dataSource.query('DELETE FROM labels')
    await catalogueOf(dataSource).settled()
    expect(catalogueOf(dataSource).current).toBe(known)
  })

  test.each(['commit', 'rollback'] as const)(
    'is not known while a change is in a transaction, and known after its %s',
    async (end) => {
      const { dataSource } = await opened(name)
      const runner = dataSource.createQueryRunner()
      await runner.startTransaction()
      await runner.query(createTrigger)
      await catalogueOf(dataSource).settled()
      await catalogueOf(dataSource).ask(() => Promise.reject(new Error('asked inside')))
      expect(wideBecause(dataSource)).toBe('unknown')
      await (end === 'commit' ? runner.commitTransaction() : runner.rollbackTransaction())
      await runner.release()
      await catalogueOf(dataSource).settled()
      // MySQL has committed it by the way.
      const remains = end === 'commit' || name === 'mariadb'
      expect(wideBecause(dataSource)).toBe(remains ? 'trigger' : undefined)
    },
  )

  test('is another when a DataSource is initialized again', async () => {
    const { dataSource } = await opened(name)
    const before = catalogueOf(dataSource).current
    await dataSource.destroy()
    expect(wideBecause(dataSource)).toBe('unknown')
    await dataSource.initialize()
    await catalogueOf(dataSource).settled()
    expect(catalogueOf(dataSource).current).toBeDefined()
    expect(catalogueOf(dataSource).current).not.toBe(before)
  })

  test('is asked as well where the option comes later', async () => {
    const dataSource = new DataSource({ entities: decoratedEntities, ...(await createDatabase(name)) })
    await dataSource.initialize()
    leftovers.push(() => dataSource.destroy())
    dataSource.setOptions({ cache: freshet({ cache: createCache() }) })
    await catalogueOf(dataSource).settled()
    expect(catalogueOf(dataSource).current).toBeDefined()
  })
})

test('a written stream that may change definitions is over before anything is known', async () => {
  const { dataSource } = await opened('postgres')
  await dataSource.query(
    `CREATE FUNCTION migrate() RETURNS int LANGUAGE plpgsql AS $$BEGIN ${triggers.postgres}; RETURN 1; END$$`,
  )
  await catalogueOf(dataSource).settled()
  const runner = dataSource.createQueryRunner()
  const stream = await runner.stream('SELECT migrate()')
  expect(wideBecause(dataSource)).toBe('unknown')
  for await (const row of stream) expect(row).toEqual({ migrate: 1 })
  await runner.release()
  await catalogueOf(dataSource).settled()
  expect(wideBecause(dataSource)).toBe('trigger')
})

test('with replicas, the master is asked', async () => {
  const [master, replica] = await Promise.all([createDatabase('postgres'), createDatabase('postgres')])
  const { url } = master as { url: string }
  const { dataSource } = made({
    type: 'postgres',
    replication: { master: { url }, slaves: [{ url: (replica as { url: string }).url }] },
  })
  await dataSource.initialize()
  await catalogueOf(dataSource).settled()
  expect(catalogueOf(dataSource).current?.tables.has('labels')).toBe(true)
})

test('a foreign key that no entity knows of carries a delete as the database does', async () => {
  const { dataSource, statements } = await opened('postgres')
  await dataSource.query('CREATE TABLE owned (code varchar PRIMARY KEY REFERENCES labels ON DELETE CASCADE)')
  await dataSource.query('ALTER TABLE notes ADD COLUMN owner varchar REFERENCES owned ON DELETE CASCADE')
  await catalogueOf(dataSource).settled()
  await dataSource.getRepository(Label).insert({ code: 'a', colour: 'red' })
  const isAsked = async () => {
    statements.length = 0
    await dataSource.getRepository(Note).find({ cache: true })
    return statements.length > 0
  }
  expect([await isAsked(), await isAsked()]).toEqual([true, false])
  await dataSource.getRepository(Label).delete({ code: 'a' })
  expect(await isAsked()).toBe(true)
})

describe('a database that does not tell', () => {
  test('for want of a permission keeps no DataSource from being initialized, and is told once', async () => {
    const { url } = (await createDatabase('postgres')) as { url: string }
    const { dataSource: owner } = made({ type: 'postgres', url })
    await owner.initialize()
    const name = `reader_${new URL(url).pathname.slice(-16)}`
    await owner.query(`CREATE ROLE ${name} LOGIN PASSWORD 'secret'`)
    await owner.query(`GRANT ALL ON ALL TABLES IN SCHEMA public TO ${name}`)
    await owner.query('REVOKE SELECT ON pg_catalog.pg_trigger FROM PUBLIC')
    const cache = createCache()
    const told: CacheEvents['widened'][] = []
    cache.on('widened', (event) => told.push(event))
    const own = new URL(url)
    own.username = name
    own.password = 'secret'
    const { dataSource, statements } = made({ type: 'postgres', url: own.href, synchronize: false }, cache)
    await dataSource.initialize()
    const read = () => dataSource.getRepository(Label).find({ cache: true })
    await read()
    statements.length = 0
    await read()
    expect(statements).toEqual([])
    expect(wideBecause(dataSource)).toBe('unknown')
    expect(told).toEqual([
      {
        reason: 'the database does not tell what its tables are',
        detail: expect.stringContaining('permission denied') as string,
      },
    ])
  })

  test('in two seconds keeps initialize() no longer', async () => {
    const { url } = (await createDatabase('postgres')) as { url: string }
    const { dataSource: owner } = made({ type: 'postgres', url })
    await owner.initialize()
    const locker = new Client(url)
    await locker.connect()
    leftovers.push(() => locker.end())
    await locker.query('BEGIN')
    await locker.query('LOCK TABLE pg_catalog.pg_trigger IN ACCESS EXCLUSIVE MODE')
    const { dataSource } = made({ type: 'postgres', url, synchronize: false })
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
    leftovers.push(() => vi.useRealTimers())
    const asked = new Promise<void>((resolve) => {
      const { ask } = catalogueOf(dataSource)
      vi.spyOn(catalogueOf(dataSource), 'ask').mockImplementation((run) =>
        ask.call(catalogueOf(dataSource), (sql) => {
          resolve()
          return run(sql)
        }),
      )
    })
    const initializing = dataSource.initialize()
    await asked
    vi.advanceTimersByTime(2000)
    await initializing
    expect(wideBecause(dataSource)).toBe('unknown')
    vi.useRealTimers()
    await locker.query('ROLLBACK')
    await catalogueOf(dataSource).settled()
    expect(catalogueOf(dataSource).current).toBeDefined()
  })
})
