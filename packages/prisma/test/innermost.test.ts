import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createCache } from '@freshet/core'
import { freshet } from '@freshet/prisma'
import { Prisma } from './generated/client/client.js'
import { createCached, createDatabase, createPlain } from './support/sqlite.js'
import { statusOf } from './support/status.js'

let database: ReturnType<typeof createDatabase>
let shop: ReturnType<typeof createCached>

beforeEach(async () => {
  database = createDatabase()
  shop = createCached(database.url)
  await shop.base.user.create({ data: { id: 1, email: 'ada@example.com', name: 'Ada' } })
  await shop.base.user.create({ data: { id: 2, email: 'grace@example.com', name: 'Grace' } })
})

afterEach(async () => {
  await shop.base.$disconnect()
  database.remove()
})

/** Sees only the rows of one name, as a tenant's client does. */
const only = (name: string) =>
  Prisma.defineExtension({
    query: {
      user: {
        findMany: ({ args, query }) => query({ ...args, where: { ...args.where, name } }),
      },
    },
  })

const names = (users: readonly { name: string | null }[]) => users.map((user) => user.name)

describe('query extensions', () => {
  test('what is added later changes the arguments before the key is made', async () => {
    const ada = shop.prisma.$extends(only('Ada'))
    const grace = shop.prisma.$extends(only('Grace'))
    for (let i = 0; i < 2; i++) {
      expect(names(await shop.prisma.user.findMany())).toEqual(['Ada', 'Grace'])
      expect(names(await ada.user.findMany())).toEqual(['Ada'])
      expect(names(await grace.user.findMany())).toEqual(['Grace'])
    }
    expect(shop.cache.stats()).toMatchObject({ hits: 3, misses: 3 })
  })

  test('so does what was added before', async () => {
    const prisma = shop.base.$extends(only('Ada')).$extends(freshet({ cache: createCache() }))
    expect(names(await prisma.user.findMany())).toEqual(['Ada'])
    expect(await statusOf(prisma, prisma.user.findMany())).toBe('hit')
  })

  test('an extension that is a function, and adds several, is below none of them', async () => {
    const prisma = shop.prisma.$extends((client) =>
      client.$extends({ name: 'first' }).$extends(only('Grace')),
    )
    expect(names(await prisma.user.findMany())).toEqual(['Grace'])
    expect(names(await shop.prisma.user.findMany())).toEqual(['Ada', 'Grace'])
    expect(names(await prisma.user.findMany())).toEqual(['Grace'])
  })

  test('what an extension does to an answer is not cached', async () => {
    let times = 0
    const prisma = shop.prisma.$extends({
      query: {
        user: {
          async findMany({ args, query }) {
            const users = await query(args)
            times++
            return users.slice(0, 1)
          },
        },
      },
    })
    for (let i = 0; i < 2; i++) expect(await prisma.user.findMany()).toHaveLength(1)
    expect(times).toBe(2)
    expect(await shop.prisma.user.findMany()).toHaveLength(2)
  })

  test('an extension may add the argument cache', async () => {
    const prisma = shop.prisma.$extends({
      query: {
        $allModels: {
          findMany: ({ args, query }) => query({ ...args, cache: false }),
        },
      },
    })
    expect(await statusOf(prisma, prisma.user.findMany())).toBe('bypass: off')
  })

  test('an extension that wraps a query in a transaction of its own is not answered from the cache', async () => {
    const prisma = shop.prisma.$extends({
      query: {
        $allModels: {
          async $allOperations({ args, query }) {
            const [, answer] = await shop.base.$transaction([shop.base.$queryRaw`SELECT 1`, query(args)])
            return answer
          },
        },
      },
    })
    await shop.prisma.user.findMany()
    for (let i = 0; i < 2; i++) expect(await prisma.user.findMany()).toHaveLength(2)
    expect(shop.cache.stats()).toMatchObject({ hits: 0, bypasses: 2 })
  })
})

describe('result extensions', () => {
  const greeting = (greet: string) =>
    Prisma.defineExtension({
      result: {
        user: { greeting: { needs: { name: true }, compute: (user) => `${greet} ${user.name}` } },
      },
    })

  test('are computed anew for every answer, whether they came before or after', async () => {
    const before = shop.base.$extends(greeting('Hello')).$extends(freshet({ cache: createCache() }))
    const after = shop.prisma.$extends(greeting('Goodbye'))
    for (let i = 0; i < 2; i++) {
      expect((await before.user.findFirst())?.greeting).toBe('Hello Ada')
      expect((await after.user.findFirst())?.greeting).toBe('Goodbye Ada')
    }
    expect(await statusOf(after, after.user.findFirst())).toBe('hit')
  })

  test('clients whose computed fields need other columns are not answered for each other', async () => {
    const byName = shop.prisma.$extends({
      result: { user: { label: { needs: { name: true }, compute: (user) => user.name } } },
    })
    const byEmail = shop.prisma.$extends({
      result: { user: { label: { needs: { email: true }, compute: (user) => user.email } } },
    })
    const read = { where: { id: 1 }, select: { label: true } } as const
    expect(await byName.user.findUnique(read)).toMatchObject({ label: 'Ada' })
    expect(await byEmail.user.findUnique(read)).toMatchObject({ label: 'ada@example.com' })
    expect(await statusOf(byName, byName.user.findUnique(read))).toBe('hit')
  })

  test('a column that is fetched only to be computed from does not reach a client that omits it', async () => {
    const masked = shop.prisma.$extends({
      result: { user: { domain: { needs: { email: true }, compute: (user) => user.email.split('@')[1] } } },
    })
    const read = { where: { id: 1 }, omit: { email: true } } as const
    expect(await masked.user.findUnique(read)).toMatchObject({ domain: 'example.com' })
    expect(await shop.prisma.user.findUnique(read)).not.toHaveProperty('email')
  })

  test('the computed fields of a model are part of what others include', async () => {
    const a = shop.prisma.$extends({
      result: { post: { line: { needs: { slug: true }, compute: (post) => post.slug } } },
    })
    const b = shop.prisma.$extends({
      result: { post: { line: { needs: { title: true }, compute: (post) => post.title } } },
    })
    await shop.base.category.create({ data: { id: 1, name: 'all' } })
    await shop.base.post.create({ data: { slug: 'slug', title: 'title', authorId: 1 } })
    const read = { where: { id: 1 }, select: { posts: { select: { line: true } } } } as const
    expect(await a.user.findUnique(read)).toMatchObject({ posts: [{ line: 'slug' }] })
    expect(await b.user.findUnique(read)).toMatchObject({ posts: [{ line: 'title' }] })
  })
})

describe('other extensions', () => {
  test('model and client extensions that are added later see the cached client', async () => {
    const prisma = shop.prisma.$extends({
      model: {
        user: {
          async named(name: string) {
            return Prisma.getExtensionContext(this).findMany({ where: { name } })
          },
        },
      },
      client: { $ping: () => 'pong' },
    })
    expect(await prisma.user.named('Ada')).toHaveLength(1)
    expect(await prisma.user.named('Ada')).toHaveLength(1)
    expect(shop.cache.stats()).toMatchObject({ hits: 1, misses: 1 })
    expect(prisma.$ping()).toBe('pong')
    expect(prisma.$cache).toBe(shop.cache)
  })

  test('an extension that is added to a $cached client keeps its options and its place', async () => {
    const prisma = shop.prisma.$cached({ tags: ['mine'] }).$extends(only('Ada'))
    expect(names(await prisma.user.findMany())).toEqual(['Ada'])
    expect(await statusOf(prisma, prisma.user.findMany())).toBe('hit')
    await shop.cache.invalidate(['mine'])
    expect(await statusOf(prisma, prisma.user.findMany())).toBe('miss: invalidated')
    expect(names(await shop.prisma.user.findMany())).toEqual(['Ada', 'Grace'])
  })

  test('what an extension writes beside a query is seen, though no hook of ours is called', async () => {
    const audited = shop.prisma.$extends({
      query: {
        user: {
          async update({ args, query }) {
            const user = await query(args)
            await shop.base.tag.create({ data: { name: `updated ${user.id}` } })
            return user
          },
        },
      },
    })
    const tags = () => shop.prisma.tag.findMany()
    expect(await tags()).toEqual([])
    await audited.user.update({ where: { id: 1 }, data: { karma: 1 } })
    expect(await tags()).toMatchObject([{ name: 'updated 1' }])
  })
})

describe('a client that all properties of the extended one are copied to', () => {
  const adopt = () => {
    const { prisma } = createPlain(database.url)
    const others = prisma.$extends(only('Ada'))
    const cache = createCache()
    return { others, cache, whole: Object.assign(prisma, prisma.$extends(freshet({ cache }))) }
  }

  test('leaves others that were made from it their extensions', async () => {
    const { others, cache, whole } = adopt()
    for (let i = 0; i < 2; i++) {
      expect(names(await others.user.findMany())).toEqual(['Ada'])
      expect(names(await whole.user.findMany())).toEqual(['Ada', 'Grace'])
      expect(names(await others.$transaction((tx) => tx.user.findMany()))).toEqual(['Ada'])
    }
    expect(cache.stats()).toMatchObject({ hits: 1, misses: 1, bypasses: 0 })
    await whole.$disconnect()
  })

  test('is extended like any other', async () => {
    const { cache, whole } = adopt()
    const ada = whole.$extends(only('Ada'))
    for (let i = 0; i < 2; i++) expect(names(await ada.user.findMany())).toEqual(['Ada'])
    expect(cache.stats()).toMatchObject({ hits: 1, misses: 1 })
    await whole.$disconnect()
  })
})

test('a class that hands out an extended client works as it does in NestJS', async () => {
  const plain = createPlain(database.url)
  await plain.prisma.$disconnect()
  class Users {
    readonly #prisma: typeof shop.prisma
    constructor(prisma: typeof shop.prisma) {
      this.#prisma = prisma
    }
    all() {
      return this.#prisma.user.findMany()
    }
    async rename(id: number, name: string): Promise<void> {
      await this.#prisma.$transaction((tx) => tx.user.update({ where: { id }, data: { name } }))
    }
  }
  const users = new Users(shop.prisma)
  await users.all()
  expect(await statusOf(shop.prisma, users.all())).toBe('hit')
  await users.rename(1, 'Augusta')
  expect(names(await users.all())).toEqual(['Augusta', 'Grace'])
})
