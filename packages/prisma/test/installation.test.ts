import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createCache } from '@freshet/core'
import type { FreshetOptions } from '@freshet/prisma'
import { freshet, tapAdapter } from '@freshet/prisma'
import type { PrismaClient } from './generated/client/client.js'
import { createCached, createDatabase, createPlain } from './support/sqlite.js'
import { statusOf } from './support/status.js'

let database: ReturnType<typeof createDatabase>
let plain: ReturnType<typeof createPlain>

beforeEach(() => {
  database = createDatabase()
  plain = createPlain(database.url)
})

afterEach(async () => {
  await plain.prisma.$disconnect()
  database.remove()
})

const withCode = (code: string): unknown => expect.objectContaining({ name: 'FreshetError', code })
const add = (options: object) => () => plain.prisma.$extends(freshet({ cache: createCache(), ...options }))

describe('options', () => {
  test('what is wrong whatever the client is thrown by freshet() itself', () => {
    const wrong = [{}, { cache: {} }, { cache: createCache(), scopes: () => 'x' }, undefined]
    for (const options of wrong) {
      expect(() => freshet(options as FreshetOptions)).toThrow(withCode('INVALID_OPTION'))
    }
  })

  test('each option is checked when the extension is added', () => {
    expect(add({ scope: 'tenant' })).toThrow(withCode('INVALID_OPTION'))
    expect(add({ database: 'a b' })).toThrow(withCode('INVALID_OPTION'))
    expect(add({ models: [] })).toThrow(withCode('INVALID_OPTION'))
    expect(add({ models: { Users: false } })).toThrow(/Did you mean 'User'/)
    expect(add({ models: { User: 'no' } })).toThrow(withCode('INVALID_OPTION'))
    expect(add({ models: { User: { cache: 1 } } })).toThrow(withCode('INVALID_OPTION'))
    expect(add({ models: { User: { ttl: -1 } } })).toThrow(withCode('INVALID_DURATION'))
    expect(add({ defaults: { ttl: 'soon' } })).toThrow(withCode('INVALID_DURATION'))
    expect(add({ defaults: { ttl: 1e15 } })).toThrow(withCode('INVALID_DURATION'))
    expect(add({ dependsOn: { Nowhere: ['users'] } })).toThrow(withCode('INVALID_OPTION'))
  })

  test('a model may be left out, and others taken in', async () => {
    const cached = createCached(database.url, { options: { models: { User: false, Tag: { ttl: '1m' } } } })
    for (let i = 0; i < 2; i++) await cached.prisma.user.findMany()
    expect(await statusOf(cached.prisma, cached.prisma.user.findMany())).toBe('bypass: off')
    await cached.prisma.tag.findMany()
    const { info } = await cached.prisma.$cacheInfo(cached.prisma.tag.findMany())
    expect(info.status).toBe('hit')
    expect(info.expiresInMs).toBeLessThanOrEqual(66_000)
    await cached.base.$disconnect()
  })

  test('defaults may make caching something to ask for', async () => {
    const cached = createCached(database.url, {
      options: { defaults: { cache: false }, models: { Tag: true } },
    })
    const { prisma } = cached
    expect(await statusOf(prisma, prisma.user.findMany())).toBe('bypass: off')
    await prisma.user.findMany({ cache: true })
    expect(await statusOf(prisma, prisma.user.findMany({ cache: true }))).toBe('hit')
    await prisma.tag.findMany()
    expect(await statusOf(prisma, prisma.tag.findMany())).toBe('hit')
    await cached.base.$disconnect()
  })
})

describe('clients', () => {
  test('a client has Freshet once, whatever has been added since', () => {
    const once = plain.prisma.$extends(freshet({ cache: createCache() }))
    const later = once.$extends({ name: 'later' })
    const again = freshet({ cache: createCache() })
    expect(() => once.$extends(again)).toThrow(withCode('ALREADY_INSTALLED'))
    expect(() => later.$extends(again)).toThrow(withCode('ALREADY_INSTALLED'))
    expect(() => once.$cached({}).$extends(again)).toThrow(withCode('ALREADY_INSTALLED'))
  })

  test('a client whose writes cannot be seen is refused', () => {
    const config = (over: object) =>
      Object.create(plain.prisma, {
        _engineConfig: { value: { ...Reflect.get(plain.prisma, '_engineConfig'), ...over } },
      }) as unknown
    const extension = freshet({ cache: createCache() }) as unknown as (client: unknown) => unknown
    expect(() => extension(config({ adapter: undefined }))).toThrow(withCode('WRITES_NOT_VISIBLE'))
    expect(() => extension(config({ adapter: undefined, accelerateUrl: 'prisma://x' }))).toThrow(/Accelerate/)
    expect(() => extension(config({ accelerateUrl: 'prisma://x' }))).toThrow(withCode('WRITES_NOT_VISIBLE'))
    expect(() =>
      extension(config({ adapter: { ...plain.adapter, provider: 'sqlserver', connect() {} } })),
    ).toThrow(withCode('UNSUPPORTED_CLIENT'))
    expect(() => extension(config({ adapter: { provider: 'sqlite' } }))).toThrow(
      withCode('UNSUPPORTED_CLIENT'),
    )
  })

  test('an adapter that cannot be wrapped is refused, again and again', () => {
    const own = createPlain(database.url, {
      wrap: (factory) =>
        Object.freeze({
          provider: factory.provider,
          adapterName: factory.adapterName,
          connect: () => factory.connect(),
        }),
    })
    const extend = () => own.prisma.$extends(freshet({ cache: createCache() }))
    expect(extend).toThrow(withCode('WRITES_NOT_VISIBLE'))
    expect(extend).toThrow(withCode('WRITES_NOT_VISIBLE'))
  })

  test('an adapter of which only connect() is fixed is refused as well', () => {
    const factory = { provider: 'sqlite', adapterName: 'fixed' }
    Object.defineProperty(factory, 'connect', { value: () => undefined })
    expect(() => tapAdapter(factory)).toThrow(withCode('WRITES_NOT_VISIBLE'))
    expect(() => tapAdapter(factory)).toThrow(withCode('WRITES_NOT_VISIBLE'))
  })

  test.each([
    '_engineConfig',
    '_originalClient',
    '_runtimeDataModel',
    '_extensions',
    '_request',
    '_executeRequest',
  ])('a client without %s is refused', (missing) => {
    const client = Object.create(plain.prisma, { [missing]: { value: undefined } }) as PrismaClient
    const extension = freshet({ cache: createCache() }) as unknown as (client: unknown) => unknown
    expect(() => extension(client)).toThrow(withCode('UNSUPPORTED_CLIENT'))
  })

  test.each([undefined, null, 1, {}, { $extends: 1 }])('%j is no client', (value) => {
    const extension = freshet({ cache: createCache() }) as unknown as (client: unknown) => unknown
    expect(() => extension(value)).toThrow(withCode('UNSUPPORTED_CLIENT'))
  })

  test.each(['transaction', 'dataPath'])(
    'where Prisma tells of no %s, nothing is cached, and that is said',
    async (missing) => {
      const cache = createCache()
      const warnings: string[] = []
      cache.on('warning', ({ code }) => warnings.push(code))
      const prisma = forgetting(missing, (client) => client.$extends(freshet({ cache })))
      for (let i = 0; i < 3; i++) expect(await prisma.user.findMany({ cache: true })).toEqual([])
      expect(cache.stats()).toMatchObject({ hits: 0, misses: 0, bypasses: 3, entries: 0 })
      expect(warnings).toEqual(['PRISMA_INTERNALS'])
    },
  )
})

type Execute = (this: object, request: object) => Promise<unknown>

/** The client of a Prisma that tells less, but has it, when it executes a request. */
function forgetting<Client extends object>(
  missing: string,
  extend: (client: PrismaClient) => Client,
): Client {
  const execute = Reflect.get(plain.prisma, '_executeRequest') as Execute
  const whole: Execute = function (request) {
    return execute.call(this, { transaction: undefined, dataPath: [], ...request })
  }
  const client = extend(Object.create(plain.prisma, { _executeRequest: { value: whole } }) as PrismaClient)
  const hooked = Reflect.get(client, '_executeRequest') as Execute
  const value: Execute = function (request) {
    return hooked.call(this, Object.fromEntries(Object.entries(request).filter(([name]) => name !== missing)))
  }
  return Object.defineProperty(client, '_executeRequest', { value })
}
