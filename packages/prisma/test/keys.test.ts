import { skip } from '@prisma/client/runtime/client'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createCache } from '@freshet/core'
import { freshet } from '@freshet/prisma'
import { Prisma, PrismaClient } from './generated/client/client.js'
import { createCached, createDatabase } from './support/sqlite.js'
import { statusOf } from './support/status.js'

let database: ReturnType<typeof createDatabase>
let shop: ReturnType<typeof createCached>

beforeEach(async () => {
  database = createDatabase()
  shop = createCached(database.url)
  await shop.base.user.create({ data: { id: 1, email: 'ada@example.com', name: 'Ada' } })
})

afterEach(async () => {
  await shop.base.$disconnect()
  database.remove()
})

describe('arguments', () => {
  const { Decimal } = Prisma
  /** Groups of arguments that mean different things, though some of them look alike. */
  const different: Record<string, readonly (() => Prisma.SettingFindManyArgs)[]> = {
    'nulls of JSON': [
      () => ({ where: { value: { equals: Prisma.DbNull as never } } }),
      () => ({ where: { value: { equals: Prisma.JsonNull } } }),
      () => ({ where: { value: { equals: Prisma.AnyNull } } }),
    ],
    'numbers and their texts': [
      () => ({ where: { value: { equals: 1 } } }),
      () => ({ where: { value: { equals: '1' } } }),
      () => ({ where: { value: { equals: true } } }),
    ],
    decimals: [
      () => ({ where: { amount: new Decimal('1.5') } }),
      () => ({ where: { amount: new Decimal('15') } }),
      () => ({ where: { amount: { not: new Decimal('1.5') } } }),
    ],
    'big integers': [() => ({ where: { counter: 1n } }), () => ({ where: { counter: 2n ** 60n } })],
    dates: [() => ({ where: { at: new Date(0) } }), () => ({ where: { at: new Date(1) } })],
    bytes: [
      () => ({ where: { flags: new Uint8Array([1, 2]) } }),
      () => ({ where: { flags: new Uint8Array([12]) } }),
    ],
    fields: [
      () => ({ where: { key: { equals: shop.base.setting.fields.key } } }),
      () => ({ where: { key: { equals: 'key' } } }),
    ],
    'absent and undefined': [() => ({ where: {} }), () => ({ where: { key: 'a' } })],
    'the order of what is ordered': [
      () => ({ orderBy: [{ key: 'asc' }, { counter: 'asc' }] }),
      () => ({ orderBy: [{ counter: 'asc' }, { key: 'asc' }] }),
    ],
  }

  test.each(Object.entries(different))('%s are told apart', async (_, group) => {
    for (const args of group) {
      expect(await statusOf(shop.prisma, shop.prisma.setting.findMany(args()))).toBe('miss: missing')
    }
    for (const args of group) {
      expect(await statusOf(shop.prisma, shop.prisma.setting.findMany(args()))).toBe('hit')
    }
  })

  test('two fields are told apart', async () => {
    const { fields } = shop.base.user
    const equalTo = (field: typeof fields.name) =>
      shop.prisma.user.findMany({ where: { name: { equals: field } } })
    expect(await equalTo(fields.name)).toHaveLength(1)
    expect(await equalTo(fields.email)).toHaveLength(0)
    expect(await equalTo(fields.name)).toHaveLength(1)
  })

  test('the order of keys does not count', async () => {
    await shop.prisma.user.findMany({ where: { id: 1, name: 'Ada' }, take: 1 })
    const read = shop.prisma.user.findMany({ take: 1, where: { name: 'Ada', id: 1 } })
    expect(await statusOf(shop.prisma, read)).toBe('hit')
  })

  test('an undefined filter reads any row, and is not taken for another', async () => {
    await shop.base.user.create({ data: { id: 2, email: 'grace@example.com', name: 'Grace' } })
    const nothing = { id: undefined } as object
    expect(await shop.prisma.user.findFirst({ where: { id: 2 } })).toMatchObject({ id: 2 })
    expect(await shop.prisma.user.findFirst({ where: nothing })).toMatchObject({ id: 1 })
    expect(await shop.prisma.user.findMany({ where: nothing })).toHaveLength(2)
    expect(await shop.prisma.user.findMany({ where: { id: 2 } })).toHaveLength(1)
  })

  test('what has no canonical form goes past the cache', async () => {
    const reasons: string[] = []
    shop.cache.on('bypass', ({ reason }) => reasons.push(reason))
    // What Prisma makes of it depends on a preview feature.
    const skipping = { where: { name: skip } } as object
    const read = (client: typeof shop.base) => client.user.findMany(skipping).catch(() => 'refused')
    const uncached = await read(shop.base)
    expect(await read(shop.prisma as unknown as typeof shop.base)).toEqual(uncached)
    expect(reasons).toEqual(['arguments without a canonical form'])
  })

  test('operations and models with the same arguments are told apart', async () => {
    expect(await shop.prisma.user.findFirst()).toMatchObject({ id: 1 })
    expect(await shop.prisma.user.findMany()).toHaveLength(1)
    expect(await shop.prisma.user.count()).toBe(1)
    expect(await shop.prisma.tag.findMany()).toEqual([])
    expect(await shop.prisma.user.aggregate({ _max: { id: true } })).toEqual({ _max: { id: 1 } })
    expect(await shop.prisma.user.groupBy({ by: ['name'], _max: { id: true } })).toEqual([
      { name: 'Ada', _max: { id: 1 } },
    ])
    expect(shop.cache.stats()).toMatchObject({ hits: 0, entries: 6 })
  })
})

describe('clients', () => {
  test('a client that omits a column is not answered for by one that does not', async () => {
    const cache = createCache()
    const omitting = new PrismaClient({ adapter: shop.adapter, omit: { user: { email: true } } })
    const a = shop.base.$extends(freshet({ cache }))
    const b = omitting.$extends(freshet({ cache }))
    expect(await a.user.findMany()).toMatchObject([{ email: 'ada@example.com' }])
    expect((await b.user.findMany())[0]).not.toHaveProperty('email')
    expect(await statusOf(b, b.user.findMany())).toBe('hit')
    await omitting.$disconnect()
  })
})

describe('scope', () => {
  test('answers of one scope are not given to another, and it is asked when the query is sent', async () => {
    let tenant = 'a'
    const { prisma, base } = createCached(database.url, { options: { scope: () => tenant } })
    const lazy = prisma.user.findMany()
    tenant = 'b'
    await lazy
    expect(await statusOf(prisma, prisma.user.findMany())).toBe('hit')
    tenant = 'a'
    expect(await statusOf(prisma, prisma.user.findMany())).toBe('miss: missing')
    await base.$disconnect()
  })

  test('scopes whose texts run into the key are told apart', async () => {
    let tenant = ''
    const { prisma, base } = createCached(database.url, { options: { scope: () => tenant } })
    for (tenant of ['', '1', '1@', '0@', "'1:", 'p:']) {
      expect(await statusOf(prisma, prisma.user.findMany())).toBe('miss: missing')
    }
    await base.$disconnect()
  })

  test('no scope can be chosen so that the key of another comes out', async () => {
    let tenant = ''
    const { prisma, base, cache } = createCached(database.url, { options: { scope: () => tenant } })
    const keys: string[] = []
    cache.on('miss', ({ key }) => keys.push(key.slice(key.indexOf('p:'))))
    const named = (name: string) => prisma.user.findMany({ where: { name } })
    await named('x')
    const [whole = ''] = keys
    // Its text ends as the whole key of the first read does.
    await named(`-${whole.slice(0, -'}}'.length)}`)
    tenant = keys[1]?.slice(0, -whole.length) ?? ''
    expect(await statusOf(prisma, named('x'))).toBe('miss: missing')
    await base.$disconnect()
  })

  test('a read may name its own', async () => {
    const { prisma, base } = createCached(database.url, { options: { scope: () => 'a' } })
    await prisma.user.findMany()
    expect(await statusOf(prisma, prisma.user.findMany({ cache: { scope: 'b' } }))).toBe('miss: missing')
    expect(await statusOf(prisma, prisma.user.findMany({ cache: { scope: 'a' } }))).toBe('hit')
    await base.$disconnect()
  })

  test.each([
    ['throws', () => raise()],
    ['returns nothing', () => undefined],
    ['returns no string', () => 7],
  ])('a scope that %s keeps the read out of the cache', async (_, scope) => {
    const { prisma, base, cache } = createCached(database.url, {
      options: { scope: scope as unknown as () => string },
    })
    const failures: string[] = []
    cache.on('failure', ({ action }) => failures.push(action))
    expect(await statusOf(prisma, prisma.user.findMany())).toBe('bypass: scope')
    expect(cache.stats()).toMatchObject({ entries: 0, failures: 1 })
    expect(failures).toEqual(['scope'])
    await base.$disconnect()
  })
})

function raise(): never {
  throw new Error('no tenant')
}
