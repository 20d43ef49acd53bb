import 'reflect-metadata'
import { createCache } from '@freshet/core'
import { freshet } from '@freshet/typeorm'
import { DataSource } from 'typeorm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { catalogueSettled } from '../support/catalogue-settled.js'
import { Label, Note, Post, PostSummary, User } from '../support/entities.js'
import { seed } from '../support/seed.js'
import { createDatabase, databases, optionsFor, recording, sentBy } from './data-source.js'

describe.each(databases)('cache: freshet({ cache }) on %s', (name) => {
  const statements: string[] = []
  let dataSource: DataSource

  beforeAll(async () => {
    const cache = freshet({ cache: createCache() })
    dataSource = await new DataSource({
      ...optionsFor(await createDatabase(name)),
      synchronize: true,
      logger: recording(statements),
      logging: ['query'],
      cache,
    }).initialize()
    await seed(dataSource)
    await catalogueSettled(dataSource)
  })

  afterAll(async () => {
    await dataSource.destroy()
  })

  const read = () =>
    dataSource.getRepository(Post).find({
      cache: true,
      where: { id: 1 },
      relations: { author: true, labels: true },
      relationLoadStrategy: 'query',
    })
  const isHit = async () => (await sentBy(statements, read)).length === 0

  test.each<readonly [string, () => Promise<unknown>]>([
    ['the entity', () => dataSource.getRepository(Post).update(1, { views: 77 })],
    ['a relation', () => dataSource.getRepository(User).update(1, { name: 'changed' })],
    [
      'what a relation goes through',
      () => dataSource.createQueryBuilder().relation(Post, 'labels').of(1).remove('red'),
    ],
    ['the far side of it', () => dataSource.getRepository(Label).update('blue', { colour: 'navy' })],
    ['by a save()', () => dataSource.getRepository(User).save({ id: 1, name: 'saved' })],
    ['in a transaction', () => dataSource.transaction((manager) => manager.update(Post, 1, { views: 78 }))],
  ])('a write ends what it could change: %s', async (_, write) => {
    await read()
    expect(await isHit()).toBe(true)
    await write()
    expect(await isHit()).toBe(false)
    expect(await read()).toStrictEqual(await readUncached())
  })

  test('a write to another table does not', async () => {
    await read()
    await dataSource.getRepository(Note).update(1, { text: 'other' })
    expect(await isHit()).toBe(true)
  })

  test('a view ends with a write to a table of its definition', async () => {
    const views = dataSource.getRepository(PostSummary)
    const reads = [
      () => views.find({ cache: true, order: { postId: 'ASC' } }),
      () => views.getWithCache({ order: { postId: 'ASC' } }),
    ] as const
    for (const read of reads) {
      await read()
      await dataSource.getRepository(Note).update(1, { text: 'another' })
      expect(await sentBy(statements, read)).toEqual([])
      await dataSource.getRepository(Post).update(1, { title: `for ${reads.indexOf(read)}` })
      expect((await read())[0]!.title).toBe(`for ${reads.indexOf(read)}`)
      await dataSource.getRepository(User).updateAll({ name: `by ${reads.indexOf(read)}` })
      expect((await read()).some(({ authorName }) => authorName === `by ${reads.indexOf(read)}`)).toBe(true)
    }
  })

  test('save() after a cached read writes what it must', async () => {
    const [post] = await read()
    post!.views++
    const { views } = await dataSource.getRepository(Post).save(post!)
    expect((await read())[0]!.views).toBe(views)
    expect((await readUncached())[0]!.views).toBe(views)
  })

  function readUncached() {
    return dataSource.getRepository(Post).find({
      where: { id: 1 },
      relations: { author: true, labels: true },
      relationLoadStrategy: 'query',
    })
  }
})
