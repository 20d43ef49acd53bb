import { afterEach, beforeEach, expect, test } from 'vitest'
import { Pauses, standAround } from './support/around.js'
import { createCached, createDatabase, createPlain } from './support/sqlite.js'
import { countOf } from './support/status.js'

// Prisma sends the findUniques of one tick as one statement, if nobody makes them wait for different times.

let database: ReturnType<typeof createDatabase>
let shop: ReturnType<typeof createCached>
let pauses: Pauses

beforeEach(async () => {
  database = createDatabase()
  pauses = new Pauses()
  shop = createCached(database.url, { wrap: (factory) => standAround(factory, pauses.around) })
  await shop.base.tag.createMany({ data: [1, 2, 3, 4, 5].map((id) => ({ id, name: `tag ${id}` })) })
})

afterEach(async () => {
  await shop.base.$disconnect()
  database.remove()
})

type Client = Pick<typeof shop.base, 'tag'>
const readAll = (client: Client, ids: readonly number[]) =>
  Promise.all(ids.map((id) => client.tag.findUnique({ where: { id } })))

test('as many statements are sent with Freshet as without, from the first read on', async () => {
  const plain = createPlain(database.url)
  const cached = shop.prisma as unknown as Client
  for (const ids of [
    [1, 2],
    [3, 4, 5],
    [6, 7],
  ]) {
    const sent = await countOf(plain.statements, () => readAll(plain.prisma, ids))
    expect(sent).toBe(1)
    expect(await countOf(shop.statements, () => readAll(cached, ids))).toBe(sent)
  }
  await plain.prisma.$disconnect()
})

test('of many, only those that are not cached are sent, together', async () => {
  const cached = shop.prisma as unknown as Client
  await readAll(cached, [1])
  await readAll(cached, [2])
  let answer: unknown
  const read = async () => (answer = await readAll(cached, [1, 2, 3, 4, 5]))
  expect(await countOf(shop.statements, read)).toBe(1)
  expect(answer).toMatchObject([1, 2, 3, 4, 5].map((id) => ({ id })))
})

test('reads that go past the cache are sent together as well', async () => {
  const read = () =>
    Promise.all([1, 2, 3].map((id) => shop.prisma.tag.findUnique({ where: { id }, cache: false })))
  expect(await countOf(shop.statements, read)).toBe(1)
})

test('of the readers that miss one answer at once, one asks the database', async () => {
  await shop.prisma.tag.findMany({ where: { id: 1 } })
  const pause = pauses.before((sql) => sql.startsWith('SELECT'))
  const before = pauses.sent.length
  const first = shop.prisma.tag.findMany().then((tags) => tags)
  await pause.reached
  const others = Promise.all([1, 2, 3].map(() => shop.prisma.tag.findMany()))
  pause.release()
  const answers = [await first, ...(await others)]
  for (const answer of answers) expect(answer).toHaveLength(5)
  expect(new Set(answers).size).toBe(4)
  expect(pauses.sent.length - before).toBe(1)
  expect(shop.cache.stats()).toMatchObject({ joined: 3 })
})

test('a reader that comes after a write does not join a load from before it', async () => {
  await shop.prisma.tag.findMany({ where: { id: 1 } })
  const pause = pauses.before((sql) => sql.startsWith('SELECT'))
  const old = shop.prisma.tag.findUnique({ where: { id: 1 } }).then((tag) => tag)
  await pause.reached
  await shop.prisma.tag.update({ where: { id: 1 }, data: { name: 'new' } })
  expect(await shop.prisma.tag.findUnique({ where: { id: 1 } })).toMatchObject({ name: 'new' })
  pause.release()
  await old
  expect(await shop.prisma.tag.findUnique({ where: { id: 1 } })).toMatchObject({ name: 'new' })
})
