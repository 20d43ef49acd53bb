import type { EntitySubscriberInterface, FindManyOptions, LoadEvent } from 'typeorm'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Seeded } from '../repository/data-source.js'
import { seededDataSource } from '../repository/data-source.js'
import { Note, Post, User } from '../support/entities.js'

let seeded: Seeded
beforeEach(async () => {
  seeded = await seededDataSource()
})
afterEach(async () => {
  await seeded.dataSource.destroy()
})

function listen(afterLoad: (entity: object, event: LoadEvent<object>) => Promise<void> | void): void {
  const subscriber: EntitySubscriberInterface<object> = {
    afterLoad: (entity, event) => afterLoad(entity, event!),
  }
  seeded.dataSource.subscribers.push(subscriber)
}

const strategies: Readonly<Record<string, FindManyOptions<Post>>> = {
  'by joins': { relations: { author: true, labels: true } },
  'by queries of their own': { relations: { author: true, labels: true }, relationLoadStrategy: 'query' },
}

test.each(Object.entries(strategies))(
  'listeners are told in the same order, of the same entities: relations %s',
  async (_, options) => {
    const told: unknown[] = []
    listen((entity, { metadata }) => {
      const { author, labels } = entity as Partial<Post>
      told.push([metadata.name, entity.constructor.name, typeof author, labels?.length])
    })
    const posts = seeded.dataSource.getRepository(Post)
    const listOf = async (read: () => Promise<unknown>) => {
      told.length = 0
      await read()
      return [...told]
    }
    const uncached = await listOf(() => posts.find(options))
    expect(uncached.length).toBeGreaterThan(5)
    expect(await listOf(() => posts.getWithCache(options))).toEqual(uncached)
    expect(await listOf(() => posts.getWithCache(options))).toEqual(uncached)
  },
)

test('what a listener sets is set once, from what the database holds', async () => {
  const posts = seeded.dataSource.getRepository(Post)
  for (let round = 0; round < 3; round++) {
    const post = await posts.getOneWithCache({ where: { id: 1 } })
    expect(post).toMatchObject({ title: 'Post 0!', loads: 1 })
  }
})

test('an answer waits for listeners that take their time', async () => {
  const users = seeded.dataSource.getRepository(User)
  await users.getWithCache()
  listen(async (entity) => {
    await new Promise((resolve) => setImmediate(resolve))
    ;(entity as User).name = 'later'
  })
  expect((await users.getWithCache()).map(({ name }) => name)).toEqual(['later', 'later', 'later'])
})

test('a listener may read through the query runner that it is given', async () => {
  const notes = seeded.dataSource.getRepository(Note)
  await notes.getWithCache()
  const counts: number[] = []
  listen(async (_, { manager }) => {
    counts.push(await manager.count(User))
  })
  await notes.getWithCache()
  expect(counts).toEqual([3, 3, 3])
})

test('a listener that fails fails the read, cached or not', async () => {
  const notes = seeded.dataSource.getRepository(Note)
  listen(() => {
    throw new Error('no')
  })
  await expect(notes.find()).rejects.toThrow('no')
  await expect(notes.getWithCache()).rejects.toThrow('no')
  await expect(notes.getWithCache()).rejects.toThrow('no')
  seeded.dataSource.subscribers.pop()
  expect(await notes.getWithCache()).toHaveLength(3)
})

test('listeners that a query asks not to call are not called on a hit either', async () => {
  const told: object[] = []
  listen((entity) => void told.push(entity))
  const read = () =>
    seeded.dataSource.getRepository(Note).createQueryBuilder('n').callListeners(false).getWithCache()
  await read()
  expect(await read()).toHaveLength(3)
  expect(told).toEqual([])
})
