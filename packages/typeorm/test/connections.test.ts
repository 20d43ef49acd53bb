import { createCache } from '@freshet/core'
import type { Cache } from '@freshet/core'
import { FakeClock, held, settled } from '@freshet/testing'
import { freshet } from '@freshet/typeorm'
import type { EntitySubscriberInterface, QueryRunner } from 'typeorm'
import { DataSource, In } from 'typeorm'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { Comment, decoratedEntities, Label, Note, Post, User } from './support/entities.js'
import { schemaEntities } from './support/schemas.js'
import { seed } from './support/seed.js'
import { createDatabase } from './tap/watched.js'

// In a pool of one connection, whoever waits for somebody else while holding it waits for ever.

/**
 * Keeps the next query that matches from being sent; its runner has its connection by then. And fails to load a user,
 * where that is wanted.
 */
class HeldQueries implements EntitySubscriberInterface {
  #next: { readonly pattern: RegExp; reached(): void; readonly released: Promise<void> } | undefined

  hold(pattern: RegExp): { readonly reached: Promise<void>; release(): void } {
    const [reached, released] = [held(), held()]
    this.#next = { pattern, reached: () => reached.resolve(), released: released.promise }
    return { reached: reached.promise, release: () => released.resolve() }
  }

  failsFor: string | undefined

  afterLoad(entity: unknown): void {
    if (entity instanceof User && entity.name === this.failsFor)
      throw new Error('of this user nobody may know')
  }

  async beforeQuery({ query }: { readonly query: string }): Promise<void> {
    const next = this.#next
    if (next?.pattern.test(query) !== true) return
    this.#next = undefined
    next.reached()
    await next.released
  }
}

describe.each(['postgres', 'mariadb'] as const)('with few connections to %s', (name) => {
  let dataSource: DataSource
  let withTwo: DataSource
  let cache: Cache
  const queries = new HeldQueries()

  beforeAll(async () => {
    // Its time stands still, so nobody gives up waiting.
    cache = createCache({ clock: new FakeClock() })
    const database = await createDatabase(name)
    const entities = [...decoratedEntities, ...schemaEntities(name)]
    const wide = new DataSource({ ...database, entities, synchronize: true })
    await wide.initialize()
    await seed(wide)
    await wide.destroy()
    const open = async (connections: number) => {
      const extra = name === 'postgres' ? { max: connections } : { connectionLimit: connections }
      const opened = new DataSource({ ...database, entities, extra, cache: freshet({ cache }) })
      await opened.initialize()
      opened.subscribers.push(queries)
      return opened
    }
    dataSource = await open(1)
    withTwo = await open(2)
  })
  beforeEach(async () => {
    await cache.clear()
  })
  afterAll(async () => {
    await Promise.all([dataSource.destroy(), withTwo.destroy()])
    await cache.close()
  })

  const notes = () => dataSource.getRepository(Note)
  const page = { order: { id: 'ASC' }, take: 1 } as const

  /** `first` is at the query that `pattern` names when `second` begins to wait for the connection. */
  async function meeting(
    pattern: RegExp,
    first: () => Promise<unknown>,
    second: () => Promise<unknown>,
  ): Promise<void> {
    const query = queries.hold(pattern)
    const one = first()
    await query.reached
    const other = second()
    await settled()
    query.release()
    await Promise.all([one, other])
  }

  it('a page does not wait for the count that somebody else is to load', async () => {
    await meeting(
      /limit 1/i,
      () => notes().findAndCount({ ...page, cache: true }),
      () => notes().count({ cache: true }),
    )
  })

  it('a relation is not waited for that somebody else is to load', async () => {
    const authored = (where: { id: unknown }) =>
      notes().find({
        where: where as { id: number },
        relations: { author: true },
        relationLoadStrategy: 'query',
        cache: true,
      })
    await authored({ id: In([1]) })
    await dataSource.getRepository(User).updateAll({ name: 'new' })
    await meeting(
      /FROM .notes/,
      () => authored({ id: 1 }),
      () => authored({ id: In([1]) }),
    )
  })

  it('who waits for the load of another has no connection in hand', async () => {
    const repository = withTwo.getRepository(Note)
    const query = queries.hold(/count/i)
    const count = repository.count({ cache: true })
    await query.reached
    const { joined } = cache.stats()
    const counted = repository.findAndCount({ ...page, cache: true })
    while (cache.stats().joined === joined) await settled()
    // One has the query that is held.
    expect(await withTwo.query('SELECT 1')).toHaveLength(1)
    query.release()
    expect((await counted)[1]).toBe(await count)
  })

  // There TypeORM reads relations all at once, and gives its runner back when the first of them fails.
  it.runIf(name === 'mariadb')('a connection that comes when its read has failed is given back', async () => {
    const comments = () =>
      dataSource.getRepository(Comment).find({
        where: { id: 1 },
        relations: { post: true, author: true },
        relationLoadStrategy: 'query',
        cache: true,
      })
    await dataSource.createQueryBuilder().relation(Comment, 'author').of(1).set(1)
    await dataSource.getRepository(User).update(1, { name: 'secret' })
    await comments()
    // Of its queries those of posts alone must be sent, while those of the author bring the failure.
    await dataSource.getRepository(Post).updateAll({ title: 'new' })
    const runner = dataSource.createQueryRunner()
    await runner.query('SELECT 1')
    queries.failsFor = 'secret'
    await expect(comments()).rejects.toThrow('nobody may know')
    queries.failsFor = undefined
    await runner.release()
    expect(await dataSource.query('SELECT 1')).toHaveLength(1)
    expect(await comments()).toHaveLength(1)
  })

  it.each([
    ['find()', (runner: QueryRunner) => runner.manager.find(Note, { ...page, cache: true })],
    ['getWithCache()', (runner: QueryRunner) => runner.manager.getRepository(Note).getWithCache(page)],
    [
      'getCountWithCache()',
      (runner: QueryRunner) => runner.manager.getRepository(Note).getCountWithCache({ where: { id: 1 } }),
    ],
  ] as const)('who holds a query runner does not wait for those who have none: %s', async (_, read) => {
    const runner = dataSource.createQueryRunner()
    await runner.query('SELECT 1')
    const own = dataSource.createQueryRunner()
    const others = [read(own), notes().find({ ...page, cache: true }), notes().getWithCache(page)]
    await settled()
    expect(await read(runner)).toBeDefined()
    await runner.release()
    await others[0]
    await own.release()
    await Promise.all(others)
  })

  it('many reads at once, of every kind, come to an end', { timeout: 60_000 }, async () => {
    const posts = dataSource.getRepository(Post)
    const relations = { author: true, labels: true } as const
    const reads = [
      (id: number) => posts.findAndCount({ ...page, relations, skip: id % 2, cache: true }),
      () => posts.count({ cache: true }),
      (id: number) => posts.find({ where: { id }, relations, relationLoadStrategy: 'query', cache: true }),
      (id: number) =>
        posts.find({ where: { id: In([id]) }, relations, relationLoadStrategy: 'query', cache: true }),
      () => posts.find({ relations, relationLoadStrategy: 'query', cache: true }),
      () => posts.getWithCache({ relations, relationLoadStrategy: 'query' }),
      (id: number) => posts.getOneWithCache({ where: { id }, relations }),
      () => posts.getCountWithCache(),
      () => posts.createQueryBuilder('p').leftJoin('p.labels', 'l').take(2).cache(true).getManyAndCount(),
      () => posts.exists({ cache: true }),
      async () => (await posts.find({ cache: true }))[0]!.comments,
      (id: number) => withRunner((runner) => runner.manager.find(Post, { where: { id }, cache: true })),
      () => withRunner((runner) => runner.manager.findAndCount(Post, { ...page, relations, cache: true })),
      () => withRunner((runner) => runner.manager.getRepository(Post).getWithCache()),
      () => dataSource.getRepository(User).updateAll({ name: 'new' }),
      () => dataSource.getRepository(Label).updateAll({ colour: 'new' }),
      (id: number) => dataSource.transaction((manager) => manager.increment(Post, { id }, 'views', 1)),
    ]
    for (let round = 0; round < 8; round++) {
      const all = reads.flatMap((read) => [1, 2, 3].map((id) => () => read(id)))
      // Other neighbours in every round.
      const offset = (round * 7) % all.length
      await Promise.all([...all.slice(offset), ...all.slice(0, offset)].map((read) => read()))
    }
  })

  async function withRunner(read: (runner: QueryRunner) => Promise<unknown>): Promise<void> {
    const runner = dataSource.createQueryRunner()
    try {
      await read(runner)
    } finally {
      await runner.release()
    }
  }
})
