import 'reflect-metadata'
import { createCache } from '@freshet/core'
import type { Cache } from '@freshet/core'
import type { DataSource, EntitySubscriberInterface, LoadEvent } from 'typeorm'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { Comment, Note, Post, User } from '../support/entities.js'
import { seed } from '../support/seed.js'
import type { Opened } from './data-source.js'
import { createDatabase, databases, open, sentBy } from './data-source.js'

const reasonsOf = (cache: Cache): string[] => {
  const reasons: string[] = []
  cache.on('bypass', ({ reason }) => reasons.push(reason))
  return reasons
}

describe.each(databases)('on %s', (name) => {
  let opened: Opened
  let dataSource: DataSource

  beforeAll(async () => {
    opened = await open(await createDatabase(name), { dataSource: { synchronize: true } })
    dataSource = opened.dataSource
    await seed(dataSource)
  })

  beforeEach(async () => {
    await opened.cache.clear()
  })

  afterAll(async () => {
    await dataSource.destroy()
  })

  test('a read inside a transaction is neither served nor stored', async () => {
    const notes = dataSource.getRepository(Note)
    const where = { id: 1 }
    const before = await notes.findOneOrFail({ where, cache: true })
    const inside = await dataSource
      .transaction(async (manager) => {
        await manager.update(Note, where, { text: 'uncommitted' })
        const seen = await manager.findOneOrFail(Note, { where, cache: true })
        const other = await manager.findOneByOrFail(Note, { id: 2 })
        await manager.find(Note, { where: { id: 3 }, cache: true })
        expect(other.id).toBe(2)
        throw Object.assign(new Error('roll back'), { seen: seen.text })
      })
      .catch((error: Error & { seen?: string }) => error)
    expect(inside).toMatchObject({ message: 'roll back', seen: 'uncommitted' })
    expect((await notes.findOneOrFail({ where, cache: true })).text).toBe(before.text)
    const sent = await sentBy(opened.statements, () => notes.find({ where: { id: 3 }, cache: true }))
    expect(sent).toHaveLength(1)
  })

  test('what the session of a held query runner sees is its own', async () => {
    const queryRunner = dataSource.createQueryRunner()
    const reasons = reasonsOf(opened.cache)
    const held = () =>
      queryRunner.manager.find(Note, {
        cache: true,
        relations: { author: true },
        relationLoadStrategy: 'query',
        order: { id: 'ASC' },
      })
    const count = (await sentBy(opened.statements, held)).length
    expect(count).toBeGreaterThan(1)
    await queryRunner.query('BEGIN')
    await queryRunner.query(`UPDATE notes SET text = 'by hand' WHERE id = 1`)
    expect((await held())[0]!.text).toBe('by hand')
    await queryRunner.query('ROLLBACK')
    await queryRunner.release()
    expect(new Set(reasons)).toEqual(new Set(['queryRunner']))
    const notes = await dataSource.getRepository(Note).find({ cache: true, order: { id: 'ASC' } })
    expect(notes[0]!.text).not.toBe('by hand')
  })

  test('a builder that starts its own transaction is read there', async () => {
    const read = () => dataSource.createQueryBuilder(Note, 'note').useTransaction(true).cache(true).getMany()
    await read()
    const reasons = reasonsOf(opened.cache)
    expect(await sentBy(opened.statements, read)).toContainEqual(expect.stringMatching(/select/i))
    expect(reasons).toEqual(['transaction'])
  })

  test.runIf(name !== 'better-sqlite3')(
    'rows that are locked come from the database, with their lock',
    async () => {
      const reasons = reasonsOf(opened.cache)
      const locked = (manager = dataSource.manager) =>
        manager.createQueryBuilder(Note, 'note').where('note.id = 1').setLock('pessimistic_write').cache(true)
      for (let turn = 0; turn < 2; turn++) {
        const sent = await sentBy(opened.statements, () => locked().getRawMany())
        expect(sent).toEqual([expect.stringMatching(/for update/i)])
        await dataSource.transaction((manager) => locked(manager).getOne())
      }
      expect(reasons).toEqual(['lock', 'lock', 'lock', 'lock'])
    },
  )

  test.runIf(name !== 'better-sqlite3')('a lock that only the text names is respected as well', async () => {
    const read = () =>
      dataSource
        .createQueryBuilder()
        .select('locked.id', 'id')
        .from(`(SELECT id FROM notes FOR UPDATE)`, 'locked')
        .cache(true)
        .getRawMany()
    await read()
    expect(await sentBy(opened.statements, read)).toHaveLength(1)
  })

  test('an optimistically locked read is compared with what the database has', async () => {
    const note = await dataSource.getRepository(Note).findOneByOrFail({ id: 1 })
    const read = () =>
      dataSource
        .createQueryBuilder(Note, 'note')
        .leftJoinAndSelect('note.author', 'author')
        .where('note.id = :id', { id: note.id })
        .take(1)
        .setLock('optimistic', note.revision)
        .cache(true)
        .getOne()
    await read()
    expect((await sentBy(opened.statements, read)).length).toBeGreaterThanOrEqual(2)
  })

  test('save() after a cached read writes what differs from the database, not from the cache', async () => {
    const notes = dataSource.getRepository(Note)
    const cached = () => notes.findOneOrFail({ where: { id: 1 }, cache: true })
    const v1 = (await cached()).text
    const second = await cached()
    second.text = 'v2'
    await notes.save(second)
    // Nobody told the cache: it still says v1, and so does this object.
    const third = await cached()
    expect(third.text).toBe(v1)
    await notes.save({ id: 1, text: v1 })
    expect((await notes.findOneOrFail({ where: { id: 1 }, cache: false })).text).toBe(v1)
  })

  test('a lazy relation of a cached entity is read anew', async () => {
    const read = () =>
      dataSource
        .getRepository(Post)
        .find({ cache: true, relationLoadStrategy: 'query', order: { id: 'ASC' } })
    await read()
    for (let turn = 0; turn < 2; turn++) {
      const [post] = await read()
      expect(await sentBy(opened.statements, () => post!.comments)).toHaveLength(1)
    }
  })

  test('the lazy relations of what a relation brought are read anew, too', async () => {
    const read = () =>
      dataSource.getRepository(User).find({
        cache: true,
        relations: { posts: true },
        relationLoadStrategy: 'query',
        order: { id: 'ASC' },
      })
    await read()
    for (let turn = 0; turn < 2; turn++) {
      const [user] = await read()
      expect(await sentBy(opened.statements, () => user!.posts[0]!.comments)).toHaveLength(1)
    }
  })

  test('save() of a cached entity compares its lazy relations with the database, not with the cache', async () => {
    const reviewer = () =>
      dataSource
        .createQueryBuilder(Post, 'p')
        .select('p.reviewerId', 'id')
        .where('p.id = 1')
        .cache(false)
        .getRawOne<{ id: number }>()
    const cached = () =>
      dataSource
        .getRepository(Post)
        .findOneOrFail({ where: { id: 1 }, relations: { reviewer: true }, cache: true })
    const said = (await (await cached()).reviewer)!
    // What the second save() asks has been asked before.
    await dataSource.manager.save(await cached())
    // Nobody told the cache.
    await dataSource.createQueryBuilder().relation(Post, 'reviewer').of(1).set(1)
    const post = await cached()
    expect((await post.reviewer)!.id).toBe(said.id)
    post.reviewer = Promise.resolve(said)
    await dataSource.manager.save(post)
    expect((await reviewer())!.id).toBe(said.id)
  })

  test('save() loses nothing to lazy relations of what a cached relation brought through a held query runner', async () => {
    const state = opened.state as { obstacle: () => string | undefined }
    const { obstacle } = state
    state.obstacle = () => undefined
    const queryRunner = dataSource.createQueryRunner()
    const read = async () => {
      const user = await queryRunner.manager.findOneOrFail(User, {
        cache: true,
        where: { id: 1 },
        relations: { posts: true },
        relationLoadStrategy: 'query',
      })
      return user.posts.find(({ id }) => id === 1)!
    }
    const comments = dataSource.getRepository(Comment)
    const texts = async () =>
      (await comments.find({ where: { post: { id: 1 } }, order: { id: 'ASC' }, cache: false })).map(
        ({ text }) => text,
      )
    try {
      const before = (await (await read()).comments).length
      expect(await texts()).toHaveLength(before)
      // Nobody told the cache.
      await comments.insert({ text: 'meanwhile', post: { id: 1 } as never })
      const post = await read()
      const own = comments.create({ text: 'own' })
      post.comments = Promise.resolve([...(await post.comments), await comments.save(own)])
      await dataSource.manager.save(post)
      expect((await texts()).slice(before)).toEqual(['meanwhile', 'own'])
    } finally {
      state.obstacle = obstacle
      await queryRunner.release()
    }
  })

  test('what a subscriber reads while a cached read is loaded is not a part of it', async () => {
    const sent: number[] = []
    const subscriber: EntitySubscriberInterface<Note> = {
      listenTo: () => Note,
      async afterLoad(note: Note, event?: LoadEvent<Note>) {
        if (note.id !== 1) return
        const { length } = opened.statements
        await event!.queryRunner.manager.findOneBy(Note, { id: 2 })
        sent.push(opened.statements.length - length)
      },
    }
    dataSource.subscribers.push(subscriber)
    try {
      const read = () =>
        dataSource
          .getRepository(Note)
          .find({ cache: true, where: { id: 1 }, relations: { author: true }, relationLoadStrategy: 'query' })
      await read()
      await read()
    } finally {
      dataSource.subscribers.splice(dataSource.subscribers.indexOf(subscriber), 1)
    }
    expect(sent).toEqual([1, 1])
  })

  // SQLite's driver has no streams, and PostgreSQL's needs one more package.
  test.runIf(name === 'mariadb')('a stream comes from the database', async () => {
    const read = async () => {
      const rows: unknown[] = []
      const stream = await dataSource.createQueryBuilder(Note, 'note').cache(true).stream()
      for await (const row of stream) rows.push(row)
      return rows
    }
    const first = await read()
    expect(first.length).toBeGreaterThan(0)
    await dataSource.createQueryBuilder(Note, 'note').cache(true).getRawMany()
    expect(await sentBy(opened.statements, read)).toHaveLength(1)
  })

  test('without cache, and with cache: false, a read is what it always was', async () => {
    const posts = dataSource.getRepository(Post)
    await posts.find({ cache: true })
    const { hits, misses, bypasses } = opened.cache.stats()
    for (const cache of [undefined, false]) {
      const options = cache === undefined ? {} : { cache }
      expect(await sentBy(opened.statements, () => posts.find(options))).not.toEqual([])
      expect(await sentBy(opened.statements, () => posts.exists(options))).toHaveLength(1)
    }
    expect(opened.cache.stats()).toMatchObject({ hits, misses, bypasses })
  })

  test('a parameter that is of a class of its own goes past the cache', async () => {
    if (name === 'mariadb') return
    class Id {
      toString() {
        return '1'
      }
      toPostgres() {
        return '1'
      }
    }
    const reasons = reasonsOf(opened.cache)
    const read = () =>
      dataSource
        .createQueryBuilder(Note, 'note')
        .where('note.id = :id', { id: name === 'postgres' ? new Id() : Symbol('id') })
        .cache(true)
        .getMany()
    const notes = await read().catch(() => undefined)
    if (name === 'postgres') expect(notes).toHaveLength(1)
    expect(reasons).toEqual(['parameters without a canonical form'])
  })

  test.runIf(name === 'postgres')('a query that writes is run each time', async () => {
    const reasons = reasonsOf(opened.cache)
    const read = () =>
      dataSource
        .createQueryBuilder()
        .addCommonTableExpression(`UPDATE notes SET pinned = true WHERE id = 1 RETURNING id`, 'changed')
        .select('changed.id', 'id')
        .from('changed', 'changed')
        .cache(true)
        .getRawMany()
    expect(await read()).toEqual([{ id: 1 }])
    expect(await sentBy(opened.statements, read)).toHaveLength(1)
    expect(reasons).toEqual(['write', 'write'])
  })

  test('an obstacle that the DataSource knows is respected', async () => {
    const state = opened.state as { obstacle: () => string | undefined }
    const { obstacle } = state
    const notes = dataSource.getRepository(Note)
    await notes.find({ cache: true })
    state.obstacle = () => 'uncommitted'
    try {
      const reasons = reasonsOf(opened.cache)
      expect(await sentBy(opened.statements, () => notes.find({ cache: true }))).toHaveLength(1)
      expect(reasons).toEqual(['uncommitted'])
    } finally {
      state.obstacle = obstacle
    }
  })
})

test('a load that must not be stored is not', async () => {
  const opened = await open(await createDatabase('better-sqlite3'), { dataSource: { synchronize: true } })
  const state = opened.state as { load: Opened['state']['load'] }
  state.load = (query, context) => {
    context.skip()
    return query()
  }
  const notes = opened.dataSource.getRepository(Note)
  await notes.find({ cache: true })
  expect(await sentBy(opened.statements, () => notes.find({ cache: true }))).toHaveLength(1)
  await opened.dataSource.destroy()
})

test('a cache that is closed leaves queries alone', async () => {
  const cache = createCache()
  const opened = await open(await createDatabase('better-sqlite3'), {
    cache,
    dataSource: { synchronize: true },
  })
  await cache.close()
  const notes = opened.dataSource.getRepository(Note)
  for (let turn = 0; turn < 2; turn++) {
    expect(await sentBy(opened.statements, () => notes.find({ cache: true }))).toHaveLength(1)
  }
  await opened.dataSource.destroy()
})
