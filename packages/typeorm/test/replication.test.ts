import { createCache } from '@freshet/core'
import type { Cache } from '@freshet/core'
import { DataSource } from 'typeorm'
import type { DataSourceOptions } from 'typeorm'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { sharedPostgres } from '../../../test/services/shared.js'
import { freshet } from '../src/index.js'
import { catalogueSettled } from './support/catalogue-settled.js'
import { decoratedEntities, Label, Note } from './support/entities.js'
import { recording } from './rows/data-source.js'

const urls = async (count: number): Promise<string[]> => {
  const server = await sharedPostgres()
  return Promise.all(Array.from({ length: count }, () => server.createDatabase()))
}

describe('replication', () => {
  let dataSource: DataSource
  let cache: Cache
  let master: string
  const statements: string[] = []

  beforeAll(async () => {
    const [first, second] = await urls(2)
    master = first!
    // A replica that never catches up: it has the tables, and not one row.
    const replica: DataSourceOptions = { type: 'postgres', url: second!, entities: decoratedEntities }
    await (await new DataSource({ ...replica, synchronize: true }).initialize()).destroy()
    cache = createCache()
    dataSource = new DataSource({
      type: 'postgres',
      replication: { master: { url: master }, slaves: [{ url: second! }] },
      entities: decoratedEntities,
      synchronize: true,
      logger: recording(statements),
      logging: ['query'],
      cache: freshet({ cache }),
    })
    await dataSource.initialize()
  })
  beforeEach(async () => {
    await dataSource.query('DELETE FROM labels')
    await dataSource.getRepository(Label).insert({ code: 'a', colour: 'old' })
    await cache.clear()
    await catalogueSettled(dataSource)
  })
  afterAll(async () => {
    await dataSource.destroy()
    await cache.close()
  })

  const labels = () => dataSource.getRepository(Label)
  const reads: readonly (readonly [string, () => Promise<unknown>])[] = [
    ['find()', () => labels().find({ cache: true })],
    ['a builder', () => labels().createQueryBuilder('l').cache(true).getMany()],
    [
      'raw rows',
      () => labels().createQueryBuilder('l').select('l.colour', 'colour').cache(true).getRawMany(),
    ],
    ['getWithCache()', () => labels().getWithCache()],
    ['getWithCache() of a builder', () => labels().createQueryBuilder('l').getWithCache()],
  ]

  it.each(reads)('what is kept is the master’s, and falls with a write: %s', async (_, read) => {
    expect(await labels().find()).toEqual([])
    expect(await read()).toMatchObject([{ colour: 'old' }])
    statements.length = 0
    expect(await read()).toMatchObject([{ colour: 'old' }])
    expect(statements).toEqual([])
    await labels().update('a', { colour: 'new' })
    expect(await read()).toMatchObject([{ colour: 'new' }])
  })

  it('counts are the master’s too', async () => {
    expect(await labels().count({ cache: true })).toBe(1)
    expect(await labels().getCountWithCache()).toBe(1)
    expect(await labels().exists({ cache: true })).toBe(true)
    expect(await labels().findAndCount({ cache: true })).toMatchObject([[{ code: 'a' }], 1])
  })

  it('a transaction is on the master, and invalidates at its commit', async () => {
    await labels().getWithCache()
    await dataSource.transaction(async (manager) => {
      await manager.update(Label, 'a', { colour: 'new' })
      expect(await manager.find(Label, { cache: true })).toMatchObject([{ colour: 'new' }])
    })
    expect(await labels().getWithCache()).toMatchObject([{ colour: 'new' }])
  })

  it('a runner of the master’s is served, one of a replica’s goes there', async () => {
    await labels().find({ cache: true })
    await labels().getWithCache()
    for (const [mode, expected] of [
      ['master', [{ colour: 'old' }]],
      ['slave', []],
    ] as const) {
      const runner = dataSource.createQueryRunner(mode)
      expect(await runner.manager.find(Label, { cache: true })).toMatchObject(expected)
      expect(await runner.manager.getRepository(Label).getWithCache()).toMatchObject(expected)
      await runner.release()
    }
    expect(await labels().find({ cache: true })).toMatchObject([{ colour: 'old' }])
  })

  it('a DataSource whose replicas are its master’s own connections is as any other', async () => {
    const other = new DataSource({
      type: 'postgres',
      replication: { master: { url: master }, slaves: [{ url: master }, { url: master }] },
      entities: decoratedEntities,
      cache: freshet({ cache: cache.namespace('other') }),
    })
    await other.initialize()
    const notes = other.getRepository(Note)
    expect(await notes.find({ cache: true })).toEqual([])
    const { identifiers } = await notes.insert({ text: 'written' })
    expect(await notes.find({ cache: true })).toHaveLength(1)
    await notes.delete(identifiers[0]!['id'] as number)
    expect(await notes.getWithCache()).toEqual([])
    await other.destroy()
  })
})
