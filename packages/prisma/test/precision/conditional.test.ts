import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { FreshetOptions } from '@freshet/prisma'
import { Pauses, standAround } from '../support/around.js'
import { databases, type Shop } from '../support/databases.js'
import { statusOf } from '../support/status.js'

type Prisma = Shop['prisma']

describe.each(databases)('%s', (database, createDatabase, createCached) => {
  const quote = database === 'MariaDB' ? '`' : '"'
  let pauses: Pauses
  let shop: Shop

  async function open(options: Partial<FreshetOptions> = {}): Promise<void> {
    pauses = new Pauses()
    const url = await createDatabase()
    shop = createCached(url, { wrap: (factory) => standAround(factory, pauses.around), options })
    for (const id of [1, 2, 3]) await shop.base.user.create({ data: { id, email: `${id}@x`, name: 'u' } })
    for (const [id, authorId] of [
      [1, 1],
      [2, 1],
      [3, 2],
    ] as const)
      await shop.base.post.create({ data: { id, title: `t${id}`, authorId } })
  }

  beforeEach(() => open())
  afterEach(() => shop.base.$disconnect())

  const reads = {
    'a row by its key': (prisma: Prisma) => prisma.post.findUnique({ where: { id: 1 } }),
    'a title by its key': (prisma: Prisma) =>
      prisma.post.findUnique({ where: { id: 1 }, select: { id: true, title: true } }),
    'two rows by their keys': (prisma: Prisma) => prisma.post.findMany({ where: { id: { in: [1, 2] } } }),
    'rows of which one is not there': (prisma: Prisma) =>
      prisma.post.findMany({ where: { id: { in: [1, 9] } } }),
    'the third row': (prisma: Prisma) => prisma.post.findUnique({ where: { id: 3 } }),
    'the rows of a parent': (prisma: Prisma) => prisma.post.findMany({ where: { authorId: 1 } }),
    'all rows': (prisma: Prisma) => prisma.post.findMany(),
    'rows without the column': (prisma: Prisma) =>
      prisma.post.findMany({ where: { authorId: 1 }, select: { id: true, title: true } }),
    'titles without keys': (prisma: Prisma) => prisma.post.findMany({ select: { title: true } }),
    'a row that does not meet the rest': (prisma: Prisma) =>
      prisma.post.findFirst({ where: { id: 3, title: 'x' } }),
    'a parent with its rows': (prisma: Prisma) =>
      prisma.user.findUnique({ where: { id: 1 }, include: { posts: true } }),
    'a parent with the keys of its rows': (prisma: Prisma) =>
      prisma.user.findUnique({ where: { id: 1 }, select: { id: true, posts: { select: { id: true } } } }),
    'a count': (prisma: Prisma) => prisma.post.count({ where: { authorId: 1 } }),
    'a count of one row': (prisma: Prisma) => prisma.post.count({ where: { id: 1 } }),
    users: (prisma: Prisma) => prisma.user.findMany(),
  } as const
  type Name = keyof typeof reads
  const names = Object.keys(reads) as Name[]

  async function stoppedBy(write: (prisma: Prisma) => PromiseLike<unknown>): Promise<readonly Name[]> {
    for (const name of names) await reads[name](shop.prisma)
    for (const name of names)
      expect([name, await statusOf(shop.prisma, reads[name](shop.prisma))]).toEqual([name, 'hit'])
    await write(shop.prisma)
    const stopped: Name[] = []
    for (const name of names) {
      if ((await statusOf(shop.prisma, reads[name](shop.prisma))) !== 'hit') stopped.push(name)
      expect([name, await reads[name](shop.prisma)]).toEqual([name, await reads[name](shop.base as never)])
    }
    return stopped
  }

  test('an update by a bound leaves alone what shows rows beyond it, and with their column', async () => {
    expect(
      await stoppedBy((prisma) =>
        prisma.post.updateMany({ where: { authorId: { gte: 2 } }, data: { title: 'z' } }),
      ),
    ).toEqual([
      'a title by its key',
      // It may be there.
      'rows of which one is not there',
      'the third row',
      'all rows',
      'rows without the column',
      'titles without keys',
      'a row that does not meet the rest',
    ])
  })

  test('a delete by values leaves alone what shows rows that have others', async () => {
    expect(
      await stoppedBy((prisma) => prisma.post.deleteMany({ where: { title: { in: ['t3', 't4'] } } })),
    ).toEqual([
      'rows of which one is not there',
      'the third row',
      'all rows',
      'titles without keys',
      'a row that does not meet the rest',
      'a parent with the keys of its rows',
      'a count',
      'a count of one row',
    ])
  })

  test('rows that are deleted with another leave alone what shows those of others', async () => {
    expect(await stoppedBy((prisma) => prisma.user.delete({ where: { id: 2 } }))).toEqual([
      'a title by its key',
      'rows of which one is not there',
      'the third row',
      'all rows',
      'rows without the column',
      'titles without keys',
      'a row that does not meet the rest',
      'a count of one row',
      'users',
    ])
  })

  test('in a transaction, with what else it writes', async () => {
    expect(
      await stoppedBy((prisma) =>
        prisma.$transaction(async (tx) => {
          await tx.post.updateMany({ where: { authorId: { gt: 5 } }, data: { title: 'z' } })
          await tx.post.update({ where: { id: 3 }, data: { title: 'y' } })
        }),
      ),
    ).not.toContain('a row by its key')
  })

  test('a condition of which nothing is told stops all that shows the column', async () => {
    expect(
      await stoppedBy((prisma) =>
        prisma.post.updateMany({ where: { title: { contains: '3' } }, data: { title: 'z' } }),
      ),
    ).toEqual(
      names.filter(
        (name) =>
          !['users', 'a count', 'a count of one row', 'a parent with the keys of its rows'].includes(name),
      ),
    )
  })

  test('an update of two columns stops what shows one of them', async () => {
    const stopped = await stoppedBy((prisma) =>
      prisma.post.updateMany({
        where: { title: { contains: 't' } },
        data: { title: 'z', authorId: 3 },
      }),
    )
    expect(stopped).toContain('a title by its key')
    expect(stopped).toContain('a count')
    expect(stopped).not.toContain('a count of one row')
  })

  test('a write that has been done and not told of yet makes the next one of all rows', async () => {
    const read = () => reads['the rows of a parent'](shop.prisma)
    await read()
    const move = `UPDATE ${quote}Post${quote} SET author_id = 3 WHERE id = 1`
    const pause = pauses.after((sql) => sql === move)
    // In the database row 1 goes to author 3 ...
    const moving = shop.prisma.$executeRawUnsafe(move).then(() => undefined)
    await pause.reached
    // ... and is then met by a condition that what was read of it does not meet.
    await shop.prisma.post.updateMany({ where: { authorId: { gte: 3 } }, data: { title: 'moved' } })
    expect((await read()).find(({ id }) => id === 1)?.title).not.toBe('t1')
    pause.release()
    await moving
  })

  test('as does a transaction that is open', async () => {
    const read = () => reads['the rows of a parent'](shop.prisma)
    await shop.base.post.create({ data: { id: 4, title: 't4', authorId: 3 } })
    await read()
    await shop.prisma.$transaction(async (tx) => {
      await tx.user.update({ where: { id: 3 }, data: { name: 'v' } })
      await shop.prisma.post.updateMany({ where: { authorId: { gte: 3 } }, data: { title: 'moved' } })
      expect(await statusOf(shop.prisma, read())).toBe('hit')
      await tx.post.update({ where: { id: 3 }, data: { title: 'v' } })
      await shop.prisma.post.updateMany({ where: { id: { gte: 4 } }, data: { title: 'moved' } })
      expect(await statusOf(shop.prisma, read())).toBe('miss: invalidated')
    })
  })

  describe('what asks for rows by a unique of another', () => {
    const count = () => shop.prisma.post.count({ where: { author: { email: '2@x' } } })
    const parent = () => shop.prisma.user.findUnique({ where: { email: '2@x' } })
    let id = 10
    const create = (authorId: number) =>
      shop.prisma.post.create({ data: { id: ++id, title: 'new', authorId } })

    test('is left alone by rows of others, and by no row of its own', async () => {
      expect(await count()).toBe(1)
      // Nobody asked for it before.
      await parent()
      await create(1)
      expect(await statusOf(shop.prisma, count())).toBe('hit')
      await create(2)
      expect(await count()).toBe(2)
    })

    test('only where a stored answer shows which one that is', async () => {
      await count()
      await create(1)
      expect(await statusOf(shop.prisma, count())).toBe('miss: invalidated')
      await parent()
      await shop.prisma.user.update({ where: { id: 2 }, data: { name: 'v' } })
      await create(1)
      expect(await statusOf(shop.prisma, count())).toBe('miss: invalidated')
    })

    test('follows the unique to another row', async () => {
      await count()
      await parent()
      await shop.prisma.user.update({ where: { id: 2 }, data: { email: 'gone@x' } })
      await shop.prisma.user.update({ where: { id: 3 }, data: { email: '2@x' } })
      await parent()
      expect(await count()).toBe(0)
      await create(3)
      expect(await count()).toBe(1)
    })

    test('is not judged while the row is written, whatever has been told', async () => {
      await count()
      await parent()
      const move = `UPDATE users SET email = 'gone@x' WHERE id = 2`
      const pause = pauses.after((sql) => sql === move)
      const moving = shop.prisma.$executeRawUnsafe(move).then(() => undefined)
      await pause.reached
      await create(1)
      expect(await statusOf(shop.prisma, count())).toBe('miss: invalidated')
      pause.release()
      await moving
      expect(await count()).toBe(0)
    })
  })

  describe('what counts the rows of a parent', () => {
    const count = (authorId: number) => shop.prisma.post.count({ where: { authorId } })
    const parents = () => shop.prisma.user.findMany({ include: { _count: { select: { posts: true } } } })
    const all = (id: number) =>
      shop.prisma.user.findUnique({ where: { id }, include: { posts: { take: 5 } } })
    const remove = (id: number) => shop.prisma.post.deleteMany({ where: { id } })
    const counts = async (authorId: number, expected: string) => {
      const status = await statusOf(shop.prisma, count(authorId))
      expect([status, await count(authorId)]).toEqual([
        expected,
        await shop.base.post.count({ where: { authorId } }),
      ])
    }
    const fallen = 'miss: invalidated'

    test('is left alone by rows that go, where an answer has shown all of its own', async () => {
      await count(1)
      await all(1)
      await remove(3)
      await counts(1, 'hit')
      await remove(2)
      await counts(1, fallen)
    })

    test('falls where none has', async () => {
      await count(1)
      await remove(3)
      await counts(1, fallen)
    })

    test('falls where one shows as many as it asks for', async () => {
      await count(1)
      await shop.prisma.user.findUnique({ where: { id: 1 }, include: { posts: { take: 2 } } })
      await remove(3)
      await counts(1, fallen)
    })

    test('is left alone though what has shown them has fallen', async () => {
      await count(1)
      await all(1)
      await shop.prisma.user.update({ where: { id: 1 }, data: { name: 'v' } })
      await shop.prisma.post.updateMany({ where: { title: { contains: 'none' } }, data: { title: 'z' } })
      await remove(3)
      await counts(1, 'hit')
    })

    test('counts those of several, all of which have been shown', async () => {
      await parents()
      for (const id of [1, 2, 3]) await all(id)
      await remove(9)
      await shop.base.post.create({ data: { id: 9, title: 't9', authorId: 3 } })
      // Nobody told of it.
      await shop.cache.invalidate(['post'])
      await parents()
      for (const id of [1, 2, 3]) await all(id)
      await remove(9)
      expect(await statusOf(shop.prisma, parents())).toBe(fallen)
      expect((await parents()).map(({ _count: { posts } }) => posts)).toEqual([2, 1, 0])
    })

    test('does not tell by what came while rows were written', async () => {
      await count(1)
      const text = `DELETE FROM ${quote}Post${quote} WHERE id = 2`
      const pause = pauses.after((sql) => sql === text)
      const removing = shop.prisma.$executeRawUnsafe(text).then(() => undefined)
      await pause.reached
      expect((await all(1))?.posts).toHaveLength(1)
      pause.release()
      await removing
      await counts(1, fallen)
    })
  })

  describe('what counts rows by a number', () => {
    const above = (authorId: number) => shop.prisma.post.count({ where: { authorId: { gt: authorId } } })
    const seen = () => shop.prisma.post.findUnique({ where: { id: 3 } })
    const move = (by: number, id = 3) =>
      shop.prisma.post.updateMany({ where: { id }, data: { authorId: { increment: by } } })
    const countsAbove = async (authorId: number, expected: string) => {
      const status = await statusOf(shop.prisma, above(authorId))
      expect([status, await above(authorId)]).toEqual([
        expected,
        await shop.base.post.count({ where: { authorId: { gt: authorId } } }),
      ])
    }
    const fallen = 'miss: invalidated'

    test('is left alone by a change that leaves a row on its side', async () => {
      await above(1)
      await above(2)
      await seen()
      await move(1)
      await countsAbove(1, 'hit')
      await countsAbove(2, fallen)
      // What it has is known from what it had.
      await move(-1)
      await countsAbove(1, 'hit')
      await countsAbove(2, fallen)
    })

    test('only where it was seen what the row had', async () => {
      await above(0)
      await move(1)
      await countsAbove(0, fallen)
      await seen()
      // Takes the row along.
      await shop.prisma.$executeRawUnsafe('UPDATE users SET id = 4 WHERE id = 3')
      await above(0)
      await move(-2)
      await countsAbove(0, fallen)
    })

    test('in a transaction, by all that it does to a row', async () => {
      await above(1)
      await above(2)
      await seen()
      await shop.prisma.$transaction([move(1), move(-2), move(1)])
      await countsAbove(1, fallen)
      await countsAbove(2, fallen)
      await shop.prisma.$transaction([move(1), move(-1)])
      await countsAbove(1, 'hit')
      await countsAbove(2, fallen)
    })

    test('by a row that was not among those of a condition', async () => {
      await above(1)
      await seen()
      await shop.prisma.post.updateMany({
        where: { authorId: { lt: 2 } },
        data: { authorId: { increment: 2 } },
      })
      await countsAbove(1, fallen)
      await move(1)
      await countsAbove(1, 'hit')
    })

    test('not by what a write has done that is told later', async () => {
      await move(1)
      await above(1)
      const text = `UPDATE ${quote}Post${quote} SET author_id = author_id - 1 WHERE id = 3`
      const pause = pauses.after((sql) => sql === text)
      const moving = shop.prisma.$executeRawUnsafe(text).then(() => undefined)
      await pause.reached
      // It is in this answer already ...
      expect((await seen())?.authorId).toBe(2)
      pause.release()
      // ... and not to be counted once more.
      await moving
      await above(1)
      await move(-1)
      await countsAbove(1, fallen)
    })

    test.runIf(database === 'PostgreSQL')('not by what was undone in its transaction', async () => {
      await move(1)
      await above(2)
      await seen()
      await shop.prisma.$transaction(async (tx) => {
        await tx.$executeRawUnsafe('SAVEPOINT s')
        await tx.post.updateMany({ where: { id: 3 }, data: { authorId: { increment: -1 } } })
        await tx.$executeRawUnsafe('ROLLBACK TO SAVEPOINT s')
      })
      await above(2)
      await move(-1)
      await countsAbove(2, fallen)
    })

    const moveAndRead = (by: readonly number[]) =>
      shop.prisma.$transaction(async (tx) => {
        for (const one of by)
          await tx.post.updateMany({ where: { id: 3 }, data: { authorId: { increment: one } } })
        return await tx.post.findMany({ where: { id: { in: [1, 3] } } })
      })

    test('in a transaction, by what it has read of the row since', async () => {
      await above(1)
      await above(2)
      await shop.prisma.post.findUnique({ where: { id: 1 } })
      await moveAndRead([1])
      await countsAbove(1, 'hit')
      await countsAbove(2, fallen)
      // What it has is known from then on.
      await move(-1)
      await countsAbove(1, 'hit')
      await countsAbove(2, fallen)
    })

    test('not by what it has read of a row that it changed twice', async () => {
      await above(1)
      await moveAndRead([-1, 1])
      await countsAbove(1, fallen)
    })

    test('not by what it read before, nor by what was undone since', async () => {
      await above(0)
      await shop.prisma.$transaction([shop.prisma.post.findMany(), move(1)])
      await countsAbove(0, fallen)
      await shop.prisma.$transaction(async (tx) => {
        await tx.post.updateMany({ where: { id: 3 }, data: { authorId: { increment: -1 } } })
        await tx.$executeRawUnsafe('SAVEPOINT s')
        await tx.post.findMany()
        await tx.$executeRawUnsafe('ROLLBACK TO SAVEPOINT s')
      })
      await countsAbove(0, fallen)
    })

    test('not by what it reads of a row that it has left as it was', async () => {
      await above(2)
      await seen()
      await shop.prisma.$transaction(async (tx) => {
        await tx.post.findMany()
        await shop.prisma.post.updateMany({ where: { id: 3 }, data: { authorId: 3 } })
        // As InnoDB has nothing to change, the next query is shown what the first one was.
        await tx.post.updateMany({ where: { id: 3 }, data: { authorId: 3 } })
        await tx.post.findMany()
      })
      await shop.prisma.user.create({ data: { id: 4, email: '4@x', name: 'u' } })
      await above(3)
      await move(1)
      await countsAbove(3, fallen)
    })

    test('not where answers are of several who may see other tables', async () => {
      await above(0)
      await seen()
      await shop.prisma.post.count({ cache: { scope: 'other' } })
      await move(1)
      await countsAbove(0, fallen)
    })
  })

  test('a statement that found no row stops nothing', async () => {
    expect(
      await stoppedBy((prisma) => prisma.post.updateMany({ where: { title: 'none' }, data: { title: 'z' } })),
    ).toEqual([])
    expect(await stoppedBy((prisma) => prisma.user.deleteMany({ where: { name: 'none' } }))).toEqual([])
  })
})
