import { createCache } from '@freshet/core'
import type { Cache } from '@freshet/core'
import type { DataSource, EntitySubscriberInterface, LoadEvent, QueryRunner } from 'typeorm'
import { DataSource as PlainDataSource } from 'typeorm'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { freshet } from '../src/index.js'
import { Comment, decoratedEntities, Label, Post } from './support/entities.js'
import type { Watched } from './tap/watched.js'
import { createDatabase, open } from './tap/watched.js'

// Reads through a query runner that the caller has made.

function reasonsOf(cache: Cache): string[] {
  const reasons: string[] = []
  cache.on('bypass', ({ reason }) => void reasons.push(reason))
  return reasons
}

describe.each(['better-sqlite3', 'postgres', 'mariadb'] as const)('a query runner on %s', (name) => {
  let watched: Watched
  let dataSource: DataSource
  let runner: QueryRunner
  let reasons: string[]

  beforeAll(async () => {
    watched = await open(await createDatabase(name), { scope: () => 'everybody' })
    dataSource = watched.dataSource
    reasons = reasonsOf(watched.cache)
  })
  beforeEach(async () => {
    await runner?.release()
    runner = dataSource.createQueryRunner()
    await dataSource.query('DELETE FROM labels')
    await dataSource.query(`INSERT INTO labels (code, colour) VALUES ('a', 'old')`)
    reasons.length = 0
  })
  afterAll(async () => {
    await runner.release()
    await dataSource.destroy()
    await watched.cache.close()
  })

  const reads: readonly (readonly [string, () => Promise<Label[]>])[] = [
    ['find()', () => runner.manager.find(Label, { cache: true })],
    ['getWithCache()', () => runner.manager.getRepository(Label).getWithCache()],
    [
      'a builder that is given it',
      () => dataSource.createQueryBuilder(Label, 'l', runner).cache(true).getMany(),
    ],
    [
      'getWithCache() of such a builder',
      () => dataSource.createQueryBuilder(Label, 'l', runner).getWithCache(),
    ],
  ]

  it.each(reads)('is served from the cache, and fills it: %s', async (_, read) => {
    expect(await read()).toMatchObject([{ colour: 'old' }])
    watched.statements.length = 0
    expect(await read()).toMatchObject([{ colour: 'old' }])
    expect(watched.statements).toEqual([])
    await dataSource.getRepository(Label).update('a', { colour: 'new' })
    expect(await read()).toMatchObject([{ colour: 'new' }])
    expect(reasons).toEqual([])
  })

  it.each(reads)('reads what its own transaction has done, however that was begun: %s', async (_, read) => {
    await read()
    for (const [begin, end] of [
      [() => runner.startTransaction(), () => runner.rollbackTransaction()],
      [() => runner.query('BEGIN'), () => runner.query('ROLLBACK')],
    ] as const) {
      await begin()
      await runner.query(`UPDATE labels SET colour = 'uncommitted'`)
      expect(await read()).toMatchObject([{ colour: 'uncommitted' }])
      await end()
      expect(await read()).toMatchObject([{ colour: 'old' }])
    }
    // Where all share one connection, a transaction by hand is anybody's.
    expect(reasons).toEqual(['transaction', name === 'better-sqlite3' ? 'uncommitted' : 'transaction'])
  })

  const cachedReads = [
    ['find()', () => runner.manager.findOneOrFail(Comment, { where: {}, cache: true })],
    ['getOneWithCache()', () => runner.manager.getRepository(Comment).getOneWithCache({ where: {} })],
    [
      'getWithCache() of a builder',
      async () => (await dataSource.createQueryBuilder(Comment, 'c', runner).getWithCache())[0],
    ],
  ] as const

  it.each(cachedReads)('reads what lazy relations stand for: %s', async (_, read) => {
    await runner.query('DELETE FROM posts')
    const post = await runner.manager.save(runner.manager.create(Post, { title: 'old' }))
    const comment = runner.manager.create(Comment, { text: 'first' })
    comment.post = Promise.resolve(post)
    await runner.manager.save(comment)
    await read()
    const isHeld: boolean[] = []
    const subscriber: EntitySubscriberInterface<Comment> = {
      listenTo: () => Comment,
      afterLoad: (_comment: Comment, event?: LoadEvent<Comment>) =>
        void isHeld.push(event!.queryRunner === runner),
    }
    dataSource.subscribers.push(subscriber)
    const again = (await read())!
    dataSource.subscribers.pop()
    await runner.startTransaction()
    await runner.query(`UPDATE posts SET title = 'uncommitted'`)
    const { title } = await again.post
    await runner.rollbackTransaction()
    expect(title).toContain('uncommitted')
    expect(isHeld).toEqual([true])
  })

  it.runIf(name === 'postgres')('reads as the session that was changed', async () => {
    const [, find] = reads[0]!
    await find()
    await runner.query('CREATE SCHEMA elsewhere')
    await runner.query('CREATE TABLE elsewhere.labels AS SELECT code, text $$there$$ AS colour FROM labels')
    await runner.query('SET search_path TO elsewhere')
    expect(await find()).toMatchObject([{ colour: 'there' }])
    await runner.query('RESET search_path')
    await runner.query('DROP SCHEMA elsewhere CASCADE')
    expect(reasons).toEqual(['session'])
    expect(await dataSource.getRepository(Label).find({ cache: true })).toMatchObject([{ colour: 'old' }])
  })

  it.runIf(name !== 'better-sqlite3').each(reads)(
    'reads the temporary table that hides another: %s',
    async (_, read) => {
      await read()
      const columns = 'code varchar(40), colour varchar(40)'
      await runner.query(`CREATE TEMPORARY TABLE labels (${columns})`)
      await runner.query(`INSERT INTO labels (code, colour) VALUES ('a', 'hidden')`)
      expect(await read()).toMatchObject([{ colour: 'hidden' }])
      expect(reasons).toEqual(['session'])
      expect(await dataSource.getRepository(Label).find({ cache: true })).toMatchObject([{ colour: 'old' }])
      expect(await dataSource.getRepository(Label).getWithCache()).toMatchObject([{ colour: 'old' }])
      await runner.query(`DROP ${name === 'mariadb' ? 'TEMPORARY' : ''} TABLE labels`)
    },
  )
})

it('a query runner that was made before the option is not seen, and so not served', async () => {
  const dataSource = new PlainDataSource({
    ...(await createDatabase('postgres')),
    entities: decoratedEntities,
    synchronize: true,
  })
  await dataSource.initialize()
  const runner = dataSource.createQueryRunner()
  const cache = createCache()
  dataSource.setOptions({ cache: freshet({ cache }) })
  await dataSource.destroy()
  await dataSource.initialize()
  const reasons = reasonsOf(cache)
  await dataSource.getRepository(Label).find({ cache: true })
  await runner.manager.find(Label, { cache: true })
  expect(reasons).toEqual(['queryRunner'])
  expect(cache.stats().hits).toBe(0)
  await runner.release()
  await dataSource.destroy()
})
