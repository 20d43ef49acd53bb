import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createCache } from '@freshet/core'
import { standAround } from './support/around.js'
import type { Around } from './support/around.js'
import { createCachedMariaDb, createMariaDbDatabase } from './support/mariadb.js'
import { createCachedPostgres, createPostgresDatabase, onPostgres } from './support/postgres.js'
import { createCached, createDatabase } from './support/sqlite.js'
import { statusOf } from './support/status.js'

// A rejection that is not the database's own word leaves open what was done: it may still be committed.

let now: number
const clock = { now: () => now, setTimer: () => () => undefined }
const hold = 60_000
const ada = { id: 1, email: 'ada@example.com', name: 'Ada' }
const rename = { where: { id: 1 }, data: { name: 'Grace' } }

beforeEach(() => {
  now = 0
})

/** Sends what `matches`, and loses the answer. */
const losing = (matches: (text: string) => boolean): Around => {
  return async (text, send) => {
    const answer = await send()
    if (matches(text)) throw new Error('the answer was lost')
    return answer
  }
}

describe('PostgreSQL', () => {
  let url: string
  let shop: ReturnType<typeof createCachedPostgres>
  const names = () => shop.prisma.user.findMany({ select: { name: true } })

  beforeEach(async () => {
    url = await createPostgresDatabase()
  })

  async function open(given: Parameters<typeof createCachedPostgres>[1]): Promise<void> {
    shop = createCachedPostgres(url, { cache: createCache({ clock, unknownOutcomeHold: hold }), ...given })
    await shop.prisma.user.create({ data: ada })
    await names()
  }

  afterEach(async () => await shop.base.$disconnect())

  /** What the cache answers from now on, until the hold is over and after it. */
  async function expectHeld(rows: readonly object[]): Promise<void> {
    expect(await statusOf(shop.prisma, names())).toBe('bypass: held')
    expect(await names()).toEqual(rows)
    now += hold
    expect(await statusOf(shop.prisma, names())).toMatch(/^miss/)
    expect(await names()).toEqual(rows)
    expect(await statusOf(shop.prisma, names())).toBe('hit')
  }

  test('a query that the client gives up is committed by the server later', async () => {
    await open({ pool: { query_timeout: 400 } })
    await onPostgres(url, async (other) => {
      await other.query('SELECT pg_advisory_lock(7)')
      const write = shop.prisma.$executeRawUnsafe(
        "UPDATE users SET name = 'Grace' WHERE id = 1 AND pg_advisory_lock(7) IS NOT NULL",
      )
      await expect(write).rejects.toThrow(/timeout/)
      expect(await names()).toEqual([{ name: 'Ada' }])
      await other.query('SELECT pg_advisory_unlock(7)')
      // Given once the session of the statement has ended, and so after its commit.
      await other.query('SELECT pg_advisory_lock(7)')
    })
    await expectHeld([{ name: 'Grace' }])
  })

  test('the connection is lost while COMMIT is under way', async () => {
    // The pool must not hand out the connection that is about to be found dead.
    await open({ pool: { maxUses: 1 } })
    await onPostgres(url, async (other) => {
      await other.query(`
        CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS
          $$ BEGIN PERFORM pg_advisory_xact_lock(7); RETURN NULL; END $$;
        CREATE CONSTRAINT TRIGGER slow AFTER UPDATE ON users DEFERRABLE INITIALLY DEFERRED
          FOR EACH ROW EXECUTE FUNCTION wait();
        SELECT pg_advisory_lock(7)`)
      const write = shop.prisma.$transaction((tx) => tx.user.update(rename))
      const rejected = write.then(
        () => false,
        () => true,
      )
      let ended = 0
      while (ended === 0) {
        const { rowCount } = await other.query(
          "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted",
        )
        ended = rowCount ?? 0
      }
      expect(await rejected).toBe(true)
    })
    await expectHeld([{ name: 'Ada' }])
  })

  test('the answer to a COMMIT is lost', async () => {
    await open({
      wrap: (factory) =>
        standAround(
          factory,
          losing((text) => text === 'COMMIT'),
        ),
    })
    await expect(shop.prisma.$transaction((tx) => tx.user.update(rename))).rejects.toThrow('lost')
    await expectHeld([{ name: 'Grace' }])
  })

  test('the answer to a statement is lost', async () => {
    await open({
      wrap: (factory) =>
        standAround(
          factory,
          losing((text) => text.startsWith('UPDATE')),
        ),
    })
    await expect(shop.prisma.user.update(rename)).rejects.toThrow('lost')
    await expectHeld([{ name: 'Grace' }])
  })

  test('it is told, and only the tags of the write are held', async () => {
    await open({
      wrap: (factory) =>
        standAround(
          factory,
          losing((text) => text.startsWith('UPDATE')),
        ),
    })
    const told: unknown[] = []
    shop.cache.on('unknown-outcome', ({ tags, holdMs }) => told.push({ tags, holdMs }))
    await shop.prisma.scalars.findMany()
    await expect(shop.prisma.user.update(rename)).rejects.toThrow('lost')
    expect(told).toEqual([{ tags: expect.arrayContaining(['users~']) as unknown, holdMs: hold }])
    expect(await statusOf(shop.prisma, shop.prisma.scalars.findMany())).toBe('hit')
  })

  test('a statement that was rejected so in a transaction is invalidated even if that is rolled back', async () => {
    await open({
      wrap: (factory) =>
        standAround(
          factory,
          losing((text) => text.startsWith('UPDATE')),
        ),
    })
    await expect(shop.prisma.$transaction((tx) => tx.user.update(rename))).rejects.toThrow('lost')
    expect(await statusOf(shop.prisma, names())).toBe('miss: invalidated')
  })
})

test('MariaDB: the answer to a COMMIT is lost', async () => {
  const shop = createCachedMariaDb(await createMariaDbDatabase(), {
    cache: createCache({ clock, unknownOutcomeHold: hold }),
    wrap: (factory) =>
      standAround(
        factory,
        losing((text) => text === 'commit()'),
      ),
  })
  await shop.base.$executeRaw`INSERT INTO users (id, email, name) VALUES (1, 'ada@example.com', 'Ada')`
  const names = () => shop.prisma.user.findMany({ select: { name: true } })
  await names()
  await expect(shop.prisma.$transaction((tx) => tx.user.update(rename))).rejects.toThrow('lost')
  expect(await statusOf(shop.prisma, names())).toBe('bypass: held')
  expect(await names()).toEqual([{ name: 'Grace' }])
  await shop.base.$disconnect()
})

test('SQLite: the answer to a COMMIT is lost', async () => {
  const database = createDatabase()
  const shop = createCached(database.url, {
    cache: createCache({ clock, unknownOutcomeHold: hold }),
    wrap: (factory) =>
      standAround(
        factory,
        losing((text) => text === 'COMMIT'),
      ),
  })
  await shop.base.user.create({ data: ada })
  const names = () => shop.prisma.user.findMany({ select: { name: true } })
  await names()
  await expect(shop.prisma.$transaction((tx) => tx.user.update(rename))).rejects.toThrow('lost')
  expect(await names()).toEqual([{ name: 'Grace' }])
  expect(await statusOf(shop.prisma, names())).toMatch(/^bypass/)
  await shop.base.$disconnect()
  database.remove()
})
