import { FakeClock, held, settled, stateOf, type Held } from '@freshet/testing'
import type { CacheOptions } from '@freshet/core'
import type { FreshetOptions } from '@freshet/prisma'
import { afterEach, describe, expect, test } from 'vitest'
import { type Around, standAround } from './support/around.js'
import { createCached, createDatabase } from './support/sqlite.js'
import { statusOf } from './support/status.js'

const cleanUp: (() => unknown)[] = []
afterEach(async () => {
  for (const clean of cleanUp.splice(0)) await clean()
})

const ada = { id: 1, email: 'ada@example.com', name: 'Ada' }
const where = { id: 1 }
const down = new Error('the database is down')

/** A database that a test takes away and slows down, below the tap. */
async function open(options: Partial<FreshetOptions> = {}, cacheOptions: CacheOptions = {}) {
  const database = createDatabase()
  const clock = new FakeClock()
  const state: { isDown: boolean; holds: Held<void> | undefined } = { isDown: false, holds: undefined }
  const around: Around = async (_, send) => {
    if (state.isDown) throw down
    const answer = await send()
    await state.holds?.promise
    return answer
  }
  const shop = createCached(database.url, {
    wrap: (factory) => standAround(factory, around),
    cacheOptions: { clock, jitter: 0, ttl: '10s', ...cacheOptions },
    options,
  })
  cleanUp.push(
    () => shop.base.$disconnect(),
    () => database.remove(),
  )
  await shop.prisma.user.create({ data: ada })
  const rename = (name: string) => shop.prisma.user.update({ where, data: { name } })
  /** Past Freshet, so that only time brings it to light. */
  const renameUnseen = async (name: string) => {
    await shop.base.$executeRawUnsafe(`UPDATE users SET name = '${name}' WHERE id = 1`)
  }
  shop.statements.length = 0
  return { ...shop, clock, state, rename, renameUnseen }
}

const stale = { staleWhileRevalidate: '1m' } as const
const sturdy = { staleIfError: '1h', errorCooldown: 0 } as const

describe('policies of one model', () => {
  test('what has expired is served while it is loaded again', async () => {
    const { prisma, clock, cache, statements } = await open({ models: { User: stale } })
    await prisma.user.findUnique({ where })
    await prisma.tag.count()
    clock.advance(10_000)
    statements.length = 0
    expect(await statusOf(prisma, prisma.user.findUnique({ where }))).toBe('stale: expired')
    await cache.settled()
    expect(statements).toHaveLength(1)
    expect(await statusOf(prisma, prisma.user.findUnique({ where }))).toBe('hit')
    expect(await statusOf(prisma, prisma.tag.count())).toBe('miss: expired')
  })

  test('what was written is served at once, and nothing older', async () => {
    const { prisma, clock, rename } = await open({ models: { User: stale } })
    await prisma.user.findUnique({ where })
    clock.advance(10_000)
    await rename('Grace')
    expect(await prisma.user.findUnique({ where })).toMatchObject({ name: 'Grace' })
  })

  test('when the database is down, the last answer is served: also of what was written since', async () => {
    const { prisma, clock, rename, state, cache } = await open({ models: { User: sturdy } })
    await prisma.user.findMany()
    await rename('Grace')
    state.isDown = true
    expect(await prisma.user.findMany()).toMatchObject([ada])
    expect(await statusOf(prisma, prisma.user.findMany())).toBe('stale: error')
    await expect(prisma.tag.findMany()).rejects.toThrow()
    clock.advance(3_610_000)
    await expect(prisma.user.findMany()).rejects.toThrow()
    expect(cache.stats()).toMatchObject({ stale: 2 })
    state.isDown = false
    expect(await prisma.user.findMany()).toMatchObject([{ name: 'Grace' }])
  })

  test('an error that answers the query is no reason for an older answer', async () => {
    const { prisma } = await open({ defaults: sturdy })
    const read = () => prisma.user.findUniqueOrThrow({ where })
    await read()
    await prisma.user.delete({ where })
    await expect(read()).rejects.toMatchObject({ code: 'P2025' })
    const wrong = { where: { nothing: 1 } } as unknown as { where: { id: number } }
    for (let time = 0; time < 3; time++)
      await expect(prisma.user.findUnique(wrong)).rejects.toMatchObject({
        name: 'PrismaClientValidationError',
      })
  })

  test('a slow query goes on behind the last answer', async () => {
    const soft = { ...sturdy, softTimeout: 100 }
    const { prisma, clock, cache, state, renameUnseen } = await open({ models: { User: soft } })
    await prisma.user.findUnique({ where })
    clock.advance(10_000)
    await renameUnseen('Grace')
    state.holds = held()
    const reading = statusOf(prisma, prisma.user.findUnique({ where }))
    await until(() => clock.pending > 0)
    clock.advance(100)
    expect(await reading).toBe('stale: slow')
    state.holds.resolve()
    await cache.settled()
    expect(await prisma.user.findUnique({ where })).toMatchObject({ name: 'Grace' })
  })

  test('a query ends as the database ends it, whatever the hard timeout', async () => {
    const { prisma, clock, state } = await open({ defaults: { hardTimeout: 100 } })
    state.holds = held()
    const reading = Promise.resolve(prisma.user.findUnique({ where }))
    await settled()
    clock.advance(60_000)
    expect(await stateOf(reading)).toBe('pending')
    state.holds.resolve()
    expect(await reading).toMatchObject(ada)
  })

  test('a database that is down is left alone for a short time', async () => {
    const { prisma, clock, state, cache } = await open()
    state.isDown = true
    for (let time = 0; time < 4; time++) await expect(prisma.user.findMany()).rejects.toThrow()
    expect(cache.stats()).toMatchObject({ cooled: 2 })
    state.isDown = false
    clock.advance(100)
    expect(await prisma.user.findMany()).toHaveLength(1)
  })
})

describe('policies of one call', () => {
  test('stale while revalidate', async () => {
    const { prisma, clock, cache } = await open()
    const read = () => prisma.user.findUnique({ where, cache: stale })
    await read()
    clock.advance(10_000)
    expect(await statusOf(prisma, read())).toBe('stale: expired')
    await cache.settled()
    expect(await statusOf(prisma, read())).toBe('hit')
  })

  test('of whole call chains', async () => {
    const { prisma, clock, cache } = await open()
    const read = () => prisma.$cached(stale).user.findUnique({ where })
    await read()
    clock.advance(10_000)
    expect(await statusOf(prisma, read())).toBe('stale: expired')
    await cache.settled()
  })

  test('stale if error', async () => {
    const { prisma, rename, state } = await open()
    const read = () => prisma.user.findUnique({ where, cache: sturdy })
    await read()
    await rename('Grace')
    state.isDown = true
    expect(await read()).toMatchObject(ada)
    await expect(prisma.user.findUnique({ where })).rejects.toThrow()
  })

  test('refresh ahead', async () => {
    const { prisma, clock, state, cache } = await open({}, { random: () => Math.exp(-2) })
    const read = () => prisma.user.findUnique({ where, cache: { refreshAhead: true } })
    state.holds = held()
    const first = Promise.resolve(read())
    await until(() => cache.stats().loads === 1)
    await settled()
    clock.advance(500)
    state.holds.resolve()
    await first
    clock.advance(9_000)
    expect(await statusOf(prisma, read())).toBe('hit')
    await cache.settled()
    expect(cache.stats()).toMatchObject({ refreshes: 1, loads: 2 })
  })

  test('delayed deletion, of a cache that is eventual', async () => {
    const { prisma, rename, cache } = await open({}, { consistency: 'eventual' })
    const read = () => prisma.user.findUnique({ where, cache: { delayedDeletion: '2s' } })
    await read()
    await rename('Grace')
    expect(await read()).toMatchObject(ada)
    await cache.settled()
    expect(await read()).toMatchObject({ name: 'Grace' })
  })

  test('options that contradict each other are refused', async () => {
    const { prisma } = await open()
    const contradictory = expect.objectContaining({ code: 'CONTRADICTORY_OPTIONS' })
    await expect(prisma.user.findMany({ cache: { delayedDeletion: '2s' } })).rejects.toMatchObject({
      code: 'INVALID_CACHE_ARGUMENT',
    })
    await expect(open({ models: { User: { softTimeout: 100 } } })).rejects.toEqual(contradictory)
    await expect(open({ defaults: { delayedDeletion: '2s' } })).rejects.toEqual(contradictory)
  })

  test('what is loaded in the background is what was asked for, whatever becomes of the arguments', async () => {
    const { prisma, clock, cache } = await open()
    await prisma.user.create({ data: { id: 2, email: 'grace@example.com', name: 'Grace' } })
    const args = { where: { id: { in: [1] } }, cache: stale }
    await prisma.user.findMany(args)
    clock.advance(10_000)
    const answer = await prisma.user.findMany(args)
    expect(answer).toMatchObject([ada])
    args.where.id.in.push(2)
    args.where.id.in.shift()
    await cache.settled()
    expect(await prisma.user.findMany({ where: { id: { in: [1] } } })).toMatchObject([ada])
  })
})

/** Turns of the event loop until something is so. */
async function until(isSo: () => boolean): Promise<void> {
  for (let turn = 0; turn < 1_000 && !isSo(); turn++) await settled()
}
