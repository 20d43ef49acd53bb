import { createCache, isFreshetError } from '@freshet/core'
import type { CacheEvents, ReadInfo } from '@freshet/core'
import { type FindManyOptions, In, MoreThan } from 'typeorm'
import { afterEach, describe, expect, test } from 'vitest'
import type { FreshetOptions } from '../../src/index.js'
import { untoldStore } from '../../../core/test/support/untold-store.js'
import { Membership, Post, User } from '../support/entities.js'
import type { DatabaseName, Watched } from '../tap/watched.js'
import { createDatabase, open } from '../tap/watched.js'

let watched: Watched
let ids: readonly number[]
let authors: readonly number[]

const posts = () => watched.dataSource.getRepository(Post)
const users = () => watched.dataSource.getRepository(User)

async function begin(name: DatabaseName, options: Partial<FreshetOptions> = {}): Promise<void> {
  watched = await open(await createDatabase(name), options)
  const all = await posts().find({ order: { id: 'ASC' }, relations: { author: true } })
  ids = all.map(({ id }) => id)
  authors = [all[0]!.author!.id, all[1]!.author!.id]
}

afterEach(async () => {
  await watched.dataSource.destroy()
  await watched.cache.close()
})

const by = (author: number) => ({ where: { author: { id: authors[author]! } } })

const reads = {
  'a row': () => posts().getOneWithCache({ where: { id: ids[0]! } }),
  'another row': () => posts().getOneWithCache({ where: { id: ids[1]! } }),
  'another row, cache: true': () => posts().findOne({ where: { id: ids[1]! }, cache: true }),
  'the rows of a parent': () => posts().getWithCache(by(0)),
  'the rows of another parent': () => posts().getWithCache(by(1)),
  'the rows of another parent, cache: true': () => posts().find({ ...by(1), cache: true }),
  'all rows with their parents': () => posts().getWithCache({ relations: { author: true } }),
  'the count of a parent’s rows': () => posts().getCountWithCache(by(0)),
} as const
type Name = keyof typeof reads

type Reads<Of extends string> = Readonly<Record<Of, () => Promise<unknown>>>

/** Those of these reads that a write has go to the database again. */
async function stoppedOf<Of extends string>(
  all: Reads<Of>,
  write: () => Promise<unknown>,
): Promise<readonly Of[]> {
  const names = Object.keys(all) as Of[]
  const asked = async (name: Of) => {
    watched.statements.length = 0
    await all[name]()
    return watched.statements.length > 0
  }
  for (const name of names) await asked(name)
  for (const name of names) expect([name, await asked(name)]).toEqual([name, false])
  await write()
  const stopped: Of[] = []
  for (const name of names) if (await asked(name)) stopped.push(name)
  return stopped
}

const stoppedBy = (write: () => Promise<unknown>): Promise<readonly Name[]> => stoppedOf(reads, write)

const secondRow: readonly Name[] = [
  'another row',
  'another row, cache: true',
  'the rows of another parent',
  'the rows of another parent, cache: true',
  'all rows with their parents',
]

describe.each(['better-sqlite3', 'postgres', 'mariadb'] as const)('a write on %s stops', (name) => {
  test('by an update of a row, what shows it', async () => {
    await begin(name)
    expect(await stoppedBy(() => posts().update(ids[1]!, { body: 'other' }))).toEqual(secondRow)
  })

  test('by save(), what shows the entity', async () => {
    await begin(name)
    const post = (await posts().findOneBy({ id: ids[1]! }))!
    post.body = 'other'
    expect(await stoppedBy(() => posts().save(post))).toEqual(secondRow)
  })

  test('by an insert, the sets that the row comes into', async () => {
    await begin(name)
    const post = posts().create({ title: 'new', body: 'new', author: { id: authors[0]! } })
    expect(await stoppedBy(() => posts().save(post))).toEqual([
      'the rows of a parent',
      'all rows with their parents',
      'the count of a parent’s rows',
    ])
  })

  test('by a delete, what shows it and counts of anybody’s, as it does not say whose it was', async () => {
    await begin(name)
    expect(await stoppedBy(() => posts().delete(ids[1]!))).toEqual([
      ...secondRow,
      'the count of a parent’s rows',
    ])
  })
})

const short = { id: true, title: true } as const
const shorts = {
  'the title of a row': () => posts().getOneWithCache({ select: short, where: { id: ids[1]! } }),
  'the titles of a parent': () => posts().getWithCache({ select: short, ...by(1) }),
  'the titles of a parent, cache: true': () => posts().find({ select: short, ...by(1), cache: true }),
  'how often a row was looked at': () =>
    posts().getOneWithCache({ select: { id: true, views: true }, where: { id: ids[1]! } }),
  'the list by that': () => posts().getWithCache({ select: short, order: { views: 'DESC' }, take: 9 }),
  'a count': () => posts().getCountWithCache(by(1)),
} as const
const byNumber = ['how often a row was looked at', 'the list by that'] as const

test('an update of a column leaves alone what shows others of the row', async () => {
  await begin('better-sqlite3')
  expect(await stoppedOf(shorts, () => posts().update(ids[1]!, { body: 'z' }))).toEqual([])
})

describe.each(['better-sqlite3', 'postgres', 'mariadb'] as const)('a counter on %s', (name) => {
  test('leaves alone what shows its row without numbers', async () => {
    await begin(name)
    expect(await stoppedOf(shorts, () => posts().increment({ id: ids[1]! }, 'views', 1))).toEqual(byNumber)
  })

  test('does so for rows that nobody is told of', async () => {
    await begin(name)
    const write = () =>
      posts().createQueryBuilder().update().set({ views: 9 }).where('title > :t', { t: '' }).execute()
    expect(await stoppedOf(shorts, write)).toEqual(byNumber)
  })

  test('that is written with another column stops what shows the row', async () => {
    await begin(name)
    expect(await stoppedOf(shorts, () => posts().update(ids[1]!, { views: 3, title: 'z' }))).toEqual(
      Object.keys(shorts).filter((of) => of !== 'a count'),
    )
  })
})

test('an entity may say which columns are written so often', async () => {
  // Where columns are told of each change, those that nobody looks at are told apart without it.
  const cache = createCache({ store: untoldStore })
  await begin('better-sqlite3', { cache, entities: { Post: { volatile: ['body'] } } })
  expect(await stoppedOf(shorts, () => posts().update(ids[1]!, { body: 'z' }))).toEqual([])
  const counted = await stoppedOf(shorts, () => posts().increment({ id: ids[1]! }, 'views', 1))
  expect(counted).toEqual(Object.keys(shorts).filter((of) => of !== 'a count'))
})

test('precision can be given up, for all and for an entity', async () => {
  for (const options of [{ precision: 'table' }, { entities: { Post: { precision: 'table' } } }] as const) {
    await begin('better-sqlite3', options)
    expect(await stoppedBy(() => posts().update(ids[1]!, { body: 'other' }))).toEqual(Object.keys(reads))
  }
})

test('precision can be kept for an entity alone', async () => {
  await begin('better-sqlite3', { precision: 'table', entities: { Post: { precision: 'row' } } })
  expect(await stoppedBy(() => posts().update(ids[1]!, { body: 'other' }))).toEqual(secondRow)
})

test('names that no entity has are refused', async () => {
  await begin('better-sqlite3')
  for (const [entities, message] of [
    [{ Pst: { watch: ['title'] } }, "Did you mean 'Post'?"],
    [{ Post: { volatile: ['vews'] } }, "Did you mean 'views'?"],
    [{ Post: { volatile: 'views' as unknown as [] } }, 'must be an array of property names'],
  ] as const) {
    const refused = open(await createDatabase('better-sqlite3'), { entities })
    const error: unknown = await refused.catch((cause: unknown) => cause)
    expect(isFreshetError(error, 'INVALID_OPTION') && error.message).toContain(message)
  }
})

test('info says how an answer came about, what it depends on, and why', async () => {
  await begin('better-sqlite3')
  const told: ReadInfo[] = []
  const read = () => posts().getWithCache(by(1), { info: (info) => void told.push(info) })
  await read()
  await read()
  await watched.dataSource.transaction((manager) =>
    manager.getRepository(Post).getWithCache(by(1), { info: (info) => void told.push(info) }),
  )
  const [loaded, kept, beside] = told
  expect(loaded).toMatchObject({ status: 'miss', reason: 'missing' })
  expect(loaded!.tables).toContainEqual(expect.objectContaining({ precision: 'row', reasons: [] }))
  expect(kept).toMatchObject({ status: 'hit' })
  expect(kept!.tags).toContain(`posts#${ids[1]}`)
  expect(beside).toMatchObject({ status: 'bypass', reason: 'transaction' })
})

test('an event says why a write is wide, once for each text', async () => {
  await begin('better-sqlite3')
  const told: CacheEvents['widened'][] = []
  watched.cache.on('widened', (event) => void told.push(event))
  const write = () =>
    posts().createQueryBuilder().update().set({ body: 'z' }).where('title > :t', { t: 'Post 1' }).execute()
  await write()
  await write()
  expect(told).toEqual([
    {
      reason: 'neither the condition nor the answer tells which rows it concerns by id',
      detail: expect.stringContaining('UPDATE') as string,
    },
  ])
})

const some = {
  'two rows, cache: true': () => posts().find({ where: { id: In([ids[0]!, ids[1]!]) }, cache: true }),
  'a row, cache: true': () => posts().findOne({ where: { id: ids[0]! }, cache: true }),
  'another row, cache: true': () => posts().findOne({ where: { id: ids[1]! }, cache: true }),
  'all rows with their parents, cache: true': () =>
    posts().find({ relations: { author: true }, cache: true }),
  'titles, cache: true': () => posts().find({ select: short, cache: true }),
  'a row that does not meet the rest, cache: true': () =>
    posts().findOne({ where: { id: ids[1]!, title: 'no such' }, cache: true }),
  'a count, cache: true': () => posts().count({ ...by(1), cache: true }),
  'two rows': () => posts().getWithCache({ where: { id: In([ids[0]!, ids[1]!]) } }),
  'a row': () => posts().getOneWithCache({ where: { id: ids[0]! } }),
  'another row': () => posts().getOneWithCache({ where: { id: ids[1]! } }),
  'all rows with their parents': () => posts().getWithCache({ relations: { author: true } }),
  'a page with parents': () =>
    posts().getWithCache({ ...by(0), relations: { author: true }, order: { id: 'ASC' }, take: 2 }),
  'rows by queries of their own': () =>
    users().getWithCache({
      where: { id: authors[0]! },
      relations: { posts: true },
      relationLoadStrategy: 'query',
    }),
  titles: () => posts().getWithCache({ select: short }),
  'a row that does not meet the rest': () =>
    posts().getOneWithCache({ where: { id: ids[1]!, title: 'no such' } }),
  'a count': () => posts().getCountWithCache(by(1)),
  'a count of a row': () => posts().getCountWithCache({ where: { id: ids[1]! } }),
} as const

const memberships = () => watched.dataSource.getRepository(Membership)
const partOfUser = (): FindManyOptions<Membership> => ({
  where: { userId: authors[0]! },
  select: { userId: true, team: true, role: true, user: { name: true } },
  relations: { user: true },
  order: { role: 'ASC', team: 'ASC' },
  loadEagerRelations: false,
  take: 2,
})
const roles = (userId: number) =>
  memberships()
    .createQueryBuilder('m')
    .select('m.role', 'role')
    .addSelect('COUNT(*)', 'n')
    .where({ userId })
    .groupBy('m.role')
    .cache(true)
    .getRawMany()
const members = {
  'those of one': () => memberships().getWithCache({ where: { userId: authors[0]! } }),
  'a page of one’s, with the user': () =>
    memberships().getWithCache({
      where: { userId: authors[0]! },
      relations: { user: true },
      order: { role: 'ASC', team: 'ASC' },
      take: 2,
    }),
  'those of another': () => memberships().getWithCache({ where: { userId: authors[1]! } }),
  all: () => memberships().getWithCache(),
  'a page of all': () => memberships().getWithCache({ relations: { user: true }, take: 9 }),
  'a page of one’s, with a part of the user': () => memberships().getWithCache(partOfUser()),
  'roles without users': () =>
    memberships().getWithCache({ select: { role: true }, where: { team: 'docs' } }),
} as const

describe.each(['better-sqlite3', 'postgres', 'mariadb'] as const)(
  'of rows that are not named, on %s',
  (name) => {
    const isSame = async (write: () => Promise<unknown>) => {
      const stopped = await stoppedOf(some, write)
      for (const read of Object.values(some)) {
        const answer = await read()
        await watched.cache.clear()
        expect(answer).toEqual(await read())
      }
      return stopped
    }
    const change = (where: string, values: object) =>
      posts()
        .createQueryBuilder()
        .update()
        .set(values)
        .where(where, { id: ids[0]! + 4, author: authors[1]! })
        .execute()

    test('an update by a bound leaves alone those beyond it', async () => {
      await begin(name)
      expect(await isSame(() => change('id >= :id', { title: 'z' }))).toEqual([
        'all rows with their parents, cache: true',
        'titles, cache: true',
        'all rows with their parents',
        'titles',
        // Of answers of nothing, and of rows that are only counted, nothing is kept.
        'a row that does not meet the rest',
        'a count of a row',
      ])
    })

    test('an update by a value, what has others', async () => {
      await begin(name)
      const stopped = await isSame(() => change('authorId = :author', { title: 'z' }))
      for (const of of ['', ', cache: true'] as const) {
        expect(stopped).not.toContain(`a row${of}`)
        expect(stopped).toContain(`another row${of}`)
        expect(stopped).toContain(`titles${of}`)
      }
      expect(stopped).not.toContain('a page with parents')
      expect(stopped).not.toContain('rows by queries of their own')
    })

    test('rows that are deleted with another leave alone what shows those of others', async () => {
      await begin(name)
      expect(await stoppedOf(members, () => users().delete(authors[1]!))).toEqual([
        'those of another',
        'all',
        'a page of all',
      ])
    })

    test('an upsert stops the sets of the rows that it can have met', async () => {
      await begin(name)
      const member = { userId: authors[1]!, team: 'core', role: 'lead' }
      const own = ['those of another', 'all', 'a page of all'] as const
      expect(await stoppedOf(members, () => memberships().upsert(member, ['userId', 'team']))).toEqual(own)
      const mean = {
        'how many roles one has': () => roles(authors[0]!),
        'how many roles another has': () => roles(authors[1]!),
      }
      expect(
        await stoppedOf(mean, () => memberships().upsert({ ...member, role: 'x' }, ['userId', 'team'])),
      ).toEqual(['how many roles another has'])
      expect(await roles(authors[1]!)).toEqual([{ role: 'x', n: expect.anything() as unknown }])
    })

    test('a page tells the rows of which it shows a part', async () => {
      await begin(name)
      expect(await stoppedOf(members, () => users().update(authors[1]!, { name: 'z' }))).toEqual([
        'a page of all',
      ])
      expect(await stoppedOf(members, () => users().update(authors[0]!, { name: 'z' }))).toEqual([
        'a page of one’s, with the user',
        'a page of all',
        'a page of one’s, with a part of the user',
      ])
      expect(await members['a page of one’s, with a part of the user']()).toEqual(
        await memberships().find(partOfUser()),
      )
    })

    test('a write that has been done and not told of yet makes the next one of all rows', async () => {
      await begin(name)
      const read = () => posts().getWithCache(by(0))
      await read()
      await watched.dataSource.transaction(async (manager) => {
        await manager.getRepository(User).update(authors[1]!, { name: 'other' })
        if (name !== 'better-sqlite3') {
          await change('authorId = :author', { title: 'z' })
          watched.statements.length = 0
          await read()
          expect(watched.statements).toHaveLength(0)
        }
        await manager.getRepository(Post).update(ids[1]!, { body: 'other' })
        if (name === 'better-sqlite3') return
        // None of the rows that are shown, but who knows what the other has done.
        await change('id >= :id', { title: 'z' })
        watched.statements.length = 0
        await read()
        expect(watched.statements).not.toHaveLength(0)
      })
    })
  },
)

describe.each(['postgres', 'mariadb'] as const)(
  'of columns that are held against a number, on %s',
  (name) => {
    const seen = () => posts().getCountWithCache({ where: { views: MoreThan(3) } })
    const one = () => posts().getOneWithCache({ where: { id: ids[1]! } })
    const less = (by: number) => posts().decrement({ id: ids[1]! }, 'views', by)
    const isHit = async (read: () => Promise<unknown>) => {
      watched.statements.length = 0
      await read()
      return watched.statements.length === 0
    }

    test('what a row had is seen in another answer, and moved by each change', async () => {
      await begin(name)
      const count = await seen()
      expect(await one()).toMatchObject({ views: 10 })
      await watched.dataSource.transaction((manager) => manager.decrement(Post, { id: ids[1]! }, 'views', 1))
      expect(await isHit(seen)).toBe(true)
      await less(5)
      expect(await isHit(seen)).toBe(true)
      await less(1)
      expect(await seen()).toBe(count - 1)
    })

    test('what a transaction has read of a row since it moved it tells what it had', async () => {
      await begin(name)
      await seen()
      const moveAndRead = (by: readonly number[]) =>
        watched.dataSource.transaction(async (manager) => {
          for (const one of by) await manager.decrement(Post, { id: ids[1]! }, 'views', one)
          return await manager.findOneByOrFail(Post, { id: ids[1]! })
        })
      expect(await moveAndRead([1])).toMatchObject({ views: 9 })
      expect(await isHit(seen)).toBe(true)
      await moveAndRead([1, 1])
      expect(await isHit(seen)).toBe(false)
    })

    test('what a transaction has read of a row before, or of another role, tells nothing', async () => {
      await begin(name)
      await seen()
      await watched.dataSource.transaction(async (manager) => {
        await manager.findOneByOrFail(Post, { id: ids[1]! })
        await manager.decrement(Post, { id: ids[1]! }, 'views', 1)
      })
      expect(await isHit(seen)).toBe(false)
      await watched.dataSource.transaction(async (manager) => {
        await manager.decrement(Post, { id: ids[1]! }, 'views', 1)
        await manager.query(name === 'postgres' ? 'SET LOCAL search_path = public' : 'SET @a = 1')
        await manager.findOneByOrFail(Post, { id: ids[1]! })
      })
      expect(await isHit(seen)).toBe(false)
    })

    test('what may have been undone is not known', async () => {
      await begin(name)
      const count = await seen()
      await one()
      await watched.dataSource.transaction(async (manager) => {
        const undone = manager.transaction(async (inner) => {
          await inner.increment(Post, { id: ids[1]! }, 'views', 100)
          throw new Error('undone')
        })
        await expect(undone).rejects.toThrow('undone')
      })
      await less(8)
      expect(await seen()).toBe(count - 1)
    })

    test('what is read in scopes tells nothing', async () => {
      let tenant = 'a'
      await begin(name, { scope: () => tenant })
      await seen()
      await one()
      await less(1)
      expect(await isHit(seen)).toBe(false)
      tenant = 'b'
      expect(await isHit(seen)).toBe(false)
    })
  },
)

describe.each(['better-sqlite3', 'postgres', 'mariadb'] as const)(
  'of sets of which another answer shows all rows, on %s',
  (name) => {
    const count = () => posts().getCountWithCache(by(0))
    // Of rows that are deleted softly some are not shown otherwise.
    const all = () =>
      posts().createQueryBuilder('post').withDeleted().where('post.author = :author', { author: authors[0]! })
    const isHit = async (read: () => Promise<unknown>) => {
      watched.statements.length = 0
      await read()
      return watched.statements.length === 0
    }

    test.each([
      ['getWithCache()', () => all().getWithCache()],
      ['cache: true', () => all().cache(true).getMany()],
      [
        'getOneWithCache() with relations',
        () =>
          users().getOneWithCache({
            where: { id: authors[0]! },
            relations: { posts: true },
            withDeleted: true,
          }),
      ],
    ])('a count of one stands until one of its rows is deleted, seen by %s', async (_how, show) => {
      await begin(name)
      const found = await count()
      await show()
      await posts().delete(ids[1]!)
      expect(await isHit(count)).toBe(true)
      await posts().delete(ids[0]!)
      expect(await count()).toBe(found - 1)
    })

    test('a count of one that nobody has shown falls with any row', async () => {
      await begin(name)
      await count()
      await posts().delete(ids[1]!)
      expect(await isHit(count)).toBe(false)
    })

    test('a row that comes ends what is known of its set', async () => {
      await begin(name)
      const found = await count()
      await all().getWithCache()
      await posts().update(ids[1]!, { author: { id: authors[0]! } })
      expect(await count()).toBe(found + 1)
    })

    test('rows that are deleted softly are not all that there are', async () => {
      await begin(name)
      await count()
      await posts().getWithCache(by(0))
      await posts().delete(ids[1]!)
      expect(await isHit(count)).toBe(false)
    })

    test('what is read in scopes tells nothing', async () => {
      await begin(name, { scope: () => 'a' })
      await count()
      await all().getWithCache()
      await posts().delete(ids[1]!)
      expect(await isHit(count)).toBe(false)
    })
  },
)
