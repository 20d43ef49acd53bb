import { createCache } from '@freshet/core'
import type { Consistency } from '@freshet/core'
import { freshet } from '@freshet/typeorm'
import { DataSource } from 'typeorm'
import { afterEach, describe, expect, test } from 'vitest'
import { catalogueSettled } from '../support/catalogue-settled.js'
import { Comment, decoratedEntities, Post, User } from '../support/entities.js'
import { schemaEntities } from '../support/schemas.js'
import { seed } from '../support/seed.js'

// Saving an entity that is older than its row writes old values back.

let dataSource: DataSource
afterEach(async () => {
  await dataSource.destroy()
})

async function open(consistency: Consistency): Promise<void> {
  dataSource = new DataSource({
    type: 'better-sqlite3',
    database: ':memory:',
    entities: [...decoratedEntities, ...schemaEntities('better-sqlite3')],
    synchronize: true,
    cache: freshet({ cache: createCache({ consistency }) }),
  })
  await dataSource.initialize()
  await seed(dataSource)
  await catalogueSettled(dataSource)
}

const options = { where: { id: 1 }, relations: { author: true, labels: true, comments: true } } as const
const post = async (mutable?: boolean) =>
  (await dataSource
    .getRepository(Post)
    .getOneWithCache(options, mutable === undefined ? undefined : { mutable }))!

describe.each<[string, Consistency]>([
  ['eventual', 'eventual'],
  ['bounded', { maxStaleness: '2s' }],
])('entities of a cache that is %s', (_, consistency) => {
  test('refuse to be changed, and are otherwise what they are without the cache', async () => {
    await open(consistency)
    const uncached = await dataSource.getRepository(Post).findOne(options)
    for (let round = 0; round < 3; round++) {
      const frozen = await post()
      expect(frozen).toStrictEqual(uncached)
      const changes: readonly (() => unknown)[] = [
        () => (frozen.title = 'x'),
        () => (frozen.author = null),
        () => (frozen.author!.name = 'x'),
        () => (frozen.author!.address.city = 'x'),
        () => frozen.labels.pop(),
        () => (frozen.labels[0]!.colour = 'x'),
        () => ((frozen.data as { n: number }).n = 9),
        () => (frozen.reviewer = Promise.resolve(null)),
      ]
      for (const change of changes) expect(change).toThrow(TypeError)
    }
    const list = await dataSource.getRepository(Post).getWithCache()
    expect(() => list.pop()).toThrow(TypeError)
  })

  test('load their lazy relations', async () => {
    await open(consistency)
    const read = () => dataSource.getRepository(Comment).getOneWithCache({ where: { id: 1 } })
    for (let round = 0; round < 2; round++) {
      const comment = (await read())!
      expect((await comment.post).title).toBe('Post 0!')
      expect(await comment.post).toBe(await comment.post)
    }
    expect(await (await post()).comments).not.toEqual([])
  })

  test('are the caller’s to change if it asks for that', async () => {
    await open(consistency)
    await post()
    const mutable = await post(true)
    mutable.title = 'changed'
    mutable.author!.name = 'changed'
    mutable.labels.pop()
    expect((await post()).title).not.toBe('changed')
  })
})

test('entities of a strong cache are the caller’s to change', async () => {
  await open('strong')
  for (let round = 0; round < 2; round++) {
    const { author, labels } = await post()
    author!.name = 'changed'
    labels.pop()
  }
  const users = await dataSource.getRepository(User).getWithCache()
  users.pop()
})

test('mutable is true or false', async () => {
  await open('eventual')
  const read = dataSource.getRepository(Post).getWithCache({}, { mutable: 'yes' as never })
  await expect(read).rejects.toMatchObject({ code: 'INVALID_OPTION' })
})
