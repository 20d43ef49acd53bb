import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Pauses, standAround } from './support/around.js'
import { HeldStore } from './support/held-store.js'
import { type CachedOptions, createCached, createDatabase } from './support/sqlite.js'
import { statusOf } from './support/status.js'

// What a read is asked with is its caller's, who may do with it what they like once they have asked.

const ada = { id: 1, email: 'ada@example.com', name: 'Ada' }
const grace = { id: 2, email: 'grace@example.com', name: 'Grace' }
const namedFirst = () => ({ where: { id: 1 }, select: { name: true } })

let database: ReturnType<typeof createDatabase>
let store: HeldStore
let shop: ReturnType<typeof createCached>

beforeEach(() => {
  database = createDatabase()
  store = new HeldStore()
})

afterEach(async () => {
  await shop.base.$disconnect()
  database.remove()
})

async function open(given: CachedOptions) {
  shop = createCached(database.url, given)
  await shop.base.user.createMany({ data: [ada, grace] })
  // Catalogue and passages are known from here on.
  await shop.prisma.tag.count()
}

const rename = (name: string) => shop.prisma.user.update({ where: { id: 1 }, data: { name } })

describe('arguments that are changed while their query is under way', () => {
  test('do not change what its answer depends on', async () => {
    await open({})
    const args = namedFirst()
    const reading = shop.prisma.user.findUnique(args).then((user) => user)
    args.where.id = 2
    expect(await reading).toEqual({ name: 'Ada' })
    expect(await statusOf(shop.prisma, shop.prisma.user.findUnique(namedFirst()))).toBe('hit')
    await rename('Augusta')
    expect(await shop.prisma.user.findUnique(namedFirst())).toEqual({ name: 'Augusta' })
  })

  test('do not change what is asked when a store has answered', async () => {
    await open({ cacheOptions: { store: store.factory } })
    const args = namedFirst()
    const asked = store.before('lookup')
    const reading = shop.prisma.user.findUnique(args).then((user) => user)
    await asked.reached
    args.where.id = 2
    asked.release()
    expect(await reading).toEqual({ name: 'Ada' })
    expect(await shop.prisma.user.findUnique(namedFirst())).toEqual({ name: 'Ada' })
    expect(await shop.prisma.user.findUnique({ ...namedFirst(), where: { id: 2 } })).toEqual({
      name: 'Grace',
    })
  })

  test('do not change what is asked when the client has connected', async () => {
    await open({})
    await shop.base.$disconnect()
    shop = createCached(database.url)
    const args = namedFirst()
    const reading = shop.prisma.user.findUnique(args).then((user) => user)
    args.where.id = 2
    expect(await reading).toEqual({ name: 'Ada' })
  })
})

test('an extension that asks once more in a transaction leaves the first question where it was', async () => {
  const pauses = new Pauses()
  const wrap: CachedOptions['wrap'] = (factory) => standAround(factory, pauses.around)
  await open({ cacheOptions: { store: store.factory }, wrap })
  const asked = store.before('lookup')
  let letCount!: () => void
  const mayCount = new Promise<void>((resolve) => (letCount = resolve))
  const prisma = shop.prisma.$extends({
    query: {
      user: {
        async findUnique({ args, query }) {
          const first = query(args).then((user) => user)
          await asked.reached
          // Prisma sends what a transaction is asked when all of it has come.
          const both = shop.base.$transaction([query(args), counting.user.count()])
          asked.release()
          expect(await first).toEqual({ name: 'Ada' })
          expect(pauses.sent.splice(0)).toEqual([expect.stringMatching(/^SELECT/)])
          letCount()
          return (await both)[0]
        },
      },
    },
  })
  const counting = shop.base.$extends({
    query: {
      user: {
        async count({ args, query }) {
          await mayCount
          return await query(args)
        },
      },
    },
  })
  pauses.sent.length = 0
  expect(await prisma.user.findUnique(namedFirst())).toEqual({ name: 'Ada' })
  expect(pauses.sent).toContain('COMMIT')
  expect(await statusOf(shop.prisma, shop.prisma.user.findUnique(namedFirst()))).toBe('hit')
})

describe('instances of classes', () => {
  class ById {
    readonly id: number
    constructor(id: number) {
      this.id = id
    }
  }

  test('are the same question as the plain object with their properties', async () => {
    await open({})
    const asked = (id: number) => ({ where: new ById(id), select: { name: true } })
    expect(await shop.prisma.user.findUnique(asked(1))).toEqual({ name: 'Ada' })
    expect(await statusOf(shop.prisma, shop.prisma.user.findUnique(asked(1)))).toBe('hit')
    expect(await statusOf(shop.prisma, shop.prisma.user.findUnique(namedFirst()))).toBe('hit')
    expect(await shop.prisma.user.findUnique(asked(2))).toEqual({ name: 'Grace' })
    await rename('Augusta')
    expect(await shop.prisma.user.findUnique(asked(1))).toEqual({ name: 'Augusta' })
  })

  test('that know their own JSON are asked as without a cache', async () => {
    await open({})
    const id = { toJSON: () => 2 } as unknown as number
    const read = () => shop.prisma.user.findUnique({ where: { id }, select: { name: true } })
    expect(await read()).toEqual({ name: 'Grace' })
    expect(await statusOf(shop.prisma, read())).toMatch(/^bypass/)
  })
})

test.each(['findFirst', 'findMany', 'count'] as const)(
  '%s(…) of what is no object is what it is without a cache',
  async (operation) => {
    await open({})
    for (const given of ['abc', null, 1, true]) {
      const ask = async (client: object) =>
        await (client as { user: Record<string, (args: unknown) => Promise<unknown>> }).user[operation]!(
          given,
        )
      const [plain, cached] = await Promise.allSettled([ask(shop.base), ask(shop.prisma)])
      expect(cached.status).toBe(plain.status)
      if (plain.status === 'fulfilled') expect(cached).toEqual(plain)
    }
  },
)

test('a cycle is refused by Prisma, with and without a cache', async () => {
  await open({})
  const where: Record<string, unknown> = {}
  where['AND'] = where
  await expect(shop.base.user.findMany({ where })).rejects.toThrow(RangeError)
  await expect(shop.prisma.user.findMany({ where })).rejects.toThrow(RangeError)
})
