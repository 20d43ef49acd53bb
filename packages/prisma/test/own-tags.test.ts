import { afterEach, beforeEach, expect, test } from 'vitest'
import { createCached, createDatabase } from './support/sqlite.js'
import { statusOf } from './support/status.js'

let database: ReturnType<typeof createDatabase>
let shop: ReturnType<typeof createCached>

beforeEach(async () => {
  database = createDatabase()
  shop = createCached(database.url)
  await shop.base.user.create({ data: { email: 'ada@x' } })
})

afterEach(async () => {
  await shop.base.$disconnect()
  database.remove()
})

const writes = {
  'an update by key': () => shop.prisma.user.update({ where: { id: 1 }, data: { karma: 1 } }),
  'an insert': () => shop.prisma.user.create({ data: { email: 'bob@x' } }),
  'a delete': () => shop.prisma.user.delete({ where: { id: 1 } }),
} as const

test.each(Object.entries(writes))(
  '%s ends what was kept by hand under the model’s name',
  async (_, write) => {
    let loads = 0
    const ofTag = (tag: string) => () => shop.cache.getOrSet([tag], () => ++loads, { tags: [tag] })
    const [byModel, byTable] = [ofTag('User'), ofTag('users')]
    await byModel()
    await byTable()
    expect([await byModel(), await byTable()]).toEqual([1, 2])
    await write()
    expect([await byModel(), await byTable()]).toEqual([3, 4])
  },
)

test('a read that names another model in its tags ends with every write to that', async () => {
  const read = () => shop.prisma.tag.findMany({ cache: { tags: ['User'] } })
  await read()
  expect(await statusOf(shop.prisma, read())).toBe('hit')
  await writes['an update by key']()
  expect(await statusOf(shop.prisma, read())).toMatch('invalidated')
})

test('a read that names a row in its tags ends with every change of that, whatever it shows', async () => {
  const read = (tags?: readonly string[]) =>
    shop.prisma.user.findUnique({ where: { id: 1 }, select: { email: true }, cache: tags && { tags } })
  await read()
  await writes['an update by key']()
  expect(await statusOf(shop.prisma, read())).toBe('hit')
  await read(['User#1'])
  await shop.prisma.user.update({ where: { id: 1 }, data: { karma: 2 } })
  expect(await statusOf(shop.prisma, read(['User#1']))).toMatch('invalidated')
})

test('what names a table of no model depends on it as well', async () => {
  await shop.base.tag.create({ data: { name: 'a' } })
  await shop.base.category.create({ data: { id: 1, name: 'one' } as never })
  await shop.base.post.create({ data: { slug: 'a', title: 'A', authorId: 1 } })
  let loads = 0
  const pairs = () => shop.cache.getOrSet('pairs', () => ++loads, { tags: ['_PostToTag'] })
  await pairs()
  await shop.prisma.post.update({ where: { id: 1 }, data: { tags: { connect: { id: 1 } } } })
  expect(await pairs()).toBe(2)
})
