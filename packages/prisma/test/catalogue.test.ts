import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { CacheEvents } from '@freshet/core'
import { createCache } from '@freshet/core'
import { freshet } from '@freshet/prisma'
import { catalogueQueries } from '@freshet/sql'
import type { DriverFactory } from '../src/tap/driver.js'
import { tapOn } from '../src/tap/tap.js'
import { Pauses, standAround } from './support/around.js'
import type { Around } from './support/around.js'
import { createCachedMariaDb, createMariaDbDatabase } from './support/mariadb.js'
import { createCachedPostgres, createPostgresDatabase, onPostgres } from './support/postgres.js'
import { statusOf } from './support/status.js'
import { createCached, createDatabase } from './support/sqlite.js'
import type { CachedOptions } from './support/sqlite.js'

// What a database says of its tables is asked past the tap when a client connects, and again whenever a statement that
// passes may have changed it.

const queries: readonly string[] = Object.values(catalogueQueries)
const isQuestion = (sql: string): boolean => queries.includes(sql)
const triggers = {
  sqlite: 'CREATE TRIGGER touched AFTER UPDATE ON users BEGIN SELECT 1; END',
  postgresql: `CREATE TRIGGER touched BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()`,
  mysql: 'CREATE TRIGGER touched BEFORE UPDATE ON users FOR EACH ROW SET NEW.name = OLD.name',
} as const

const of = (adapter: unknown) => tapOn(adapter as DriverFactory).catalogue
/** Why writes of users have no precision; `unknown` as long as nothing is known of any table. */
function wideBecause(adapter: unknown): string | undefined {
  const catalogue = of(adapter).current
  return catalogue === undefined ? 'unknown' : catalogue.tables.get('users')?.wideBecause
}

const leftovers: (() => unknown)[] = []
afterEach(async () => {
  for (const leftover of leftovers.splice(0).toReversed()) await leftover()
})

type Sqlite = ReturnType<typeof createCached>

/** Of all clients, what they have in common is taken to be that of one of them. */
interface Shop {
  readonly adapter: unknown
  readonly statements: readonly string[]
  readonly base: Pick<Sqlite['base'], '$connect' | '$disconnect' | '$executeRawUnsafe' | '$transaction'>
  readonly prisma: { readonly user: Pick<Sqlite['prisma']['user'], 'findMany' | 'deleteMany'> }
}

function kept(shop: unknown): Shop {
  const own = shop as Shop
  leftovers.push(() => own.base.$disconnect())
  return own
}

const databases = {
  sqlite: async (given: CachedOptions) => {
    const { url, remove } = createDatabase()
    leftovers.push(remove)
    return kept(createCached(url, given))
  },
  postgresql: async (given: CachedOptions) =>
    kept(createCachedPostgres(await createPostgresDatabase(), given)),
  mysql: async (given: CachedOptions) => kept(createCachedMariaDb(await createMariaDbDatabase(), given)),
}

/** Stops the driver at what a test names. */
function paused() {
  const pauses = new Pauses()
  return { pauses, wrap: (factory: Parameters<typeof standAround>[0]) => standAround(factory, pauses.around) }
}

describe.each(Object.entries(databases))('%s', (name, open) => {
  const createTrigger = triggers[name as keyof typeof triggers]

  test('is known from the first read on, and the question is not seen among the statements', async () => {
    const { pauses, wrap } = paused()
    const cache = createCache()
    const told: CacheEvents['invalidate'][] = []
    cache.on('invalidate', (event) => told.push(event))
    const shop = await open({ cache, wrap })
    expect(wideBecause(shop.adapter)).toBe('unknown')
    const read = pauses.before((sql) => !isQuestion(sql))
    const reading = shop.prisma.user.findMany().then((rows) => rows.length)
    await read.reached
    expect(wideBecause(shop.adapter)).toBeUndefined()
    expect(of(shop.adapter).current?.tables.get('users')?.primaryKey).toEqual(['id'])
    read.release()
    expect(await reading).toBe(0)
    expect(pauses.sent.filter(isQuestion)).toHaveLength(1)
    expect([shop.statements.filter(isQuestion), told]).toEqual([[], []])
  })

  test('is forgotten before definitions change, and known again after', async () => {
    const { pauses, wrap } = paused()
    const shop = await open({ wrap })
    await shop.base.$connect()
    const change = pauses.before((sql) => sql === createTrigger)
    const changing = shop.base.$executeRawUnsafe(createTrigger).then(() => undefined)
    await change.reached
    expect(wideBecause(shop.adapter)).toBe('unknown')
    change.release()
    await changing
    await of(shop.adapter).settled()
    expect(wideBecause(shop.adapter)).toBe('trigger')
  })

  test('is known again after a change that was refused, and is not asked again for rows', async () => {
    const { pauses, wrap } = paused()
    const shop = await open({ wrap })
    await expect(shop.base.$executeRawUnsafe('CREATE TABLE users (id int)')).rejects.toThrow('already exists')
    await of(shop.adapter).settled()
    expect(of(shop.adapter).failure).toBeUndefined()
    expect(wideBecause(shop.adapter)).toBeUndefined()
    const asked = pauses.sent.filter(isQuestion).length
    expect(asked).toBe(2)
    await shop.prisma.user.deleteMany()
    await shop.base.$executeRawUnsafe('DELETE FROM users')
    await of(shop.adapter).settled()
    expect(pauses.sent.filter(isQuestion)).toHaveLength(asked)
  })

  test('is not known while a change is in a transaction, whoever asks, and known when that has ended', async () => {
    for (const end of ['commit', 'rollback'] as const) {
      const shop = await open({})
      const changed = shop.base.$transaction(async (tx) => {
        await tx.$executeRawUnsafe(createTrigger)
        await of(shop.adapter).ask(() => Promise.reject(new Error('asked inside')))
        expect(wideBecause(shop.adapter)).toBe('unknown')
        if (end === 'rollback') throw new Error('no')
      })
      await changed.catch(() => undefined)
      await of(shop.adapter).settled()
      // MySQL has committed it by the way.
      const remains = end === 'commit' || name === 'mysql'
      expect(wideBecause(shop.adapter)).toBe(remains ? 'trigger' : undefined)
    }
  })
})

describe('what the tap cannot know', () => {
  let url: string
  beforeEach(async () => {
    url = await createPostgresDatabase()
  })
  const open = (given: Parameters<typeof createCachedPostgres>[1] = {}) => {
    const shop = createCachedPostgres(url, given)
    leftovers.push(() => shop.base.$disconnect())
    return shop
  }

  test('a change whose answer was lost may still come, so that nothing is known until somebody connects', async () => {
    const losing: Around = async (text, send) => {
      const answer = await send()
      if (text === triggers.postgresql) throw new Error('the answer was lost')
      return answer
    }
    const shop = open({ wrap: (factory) => standAround(factory, losing) })
    await shop.base.$connect()
    await expect(shop.base.$executeRawUnsafe(triggers.postgresql)).rejects.toThrow('lost')
    await of(shop.adapter).settled()
    expect(wideBecause(shop.adapter)).toBe('unknown')
    const another = await tapOn(shop.adapter).factory.connect()
    // The question was put off, and can go another way.
    await another.dispose()
    await of(shop.adapter).settled()
    expect(wideBecause(shop.adapter)).toBe('trigger')
  })

  test('while nobody is connected others may change everything', async () => {
    const shop = open()
    await shop.base.$connect()
    expect(wideBecause(shop.adapter)).toBeUndefined()
    await shop.base.$disconnect()
    expect(wideBecause(shop.adapter)).toBe('unknown')
    await onPostgres(url, (other) => other.query(triggers.postgresql))
    await shop.base.$connect()
    expect(wideBecause(shop.adapter)).toBe('trigger')
  })

  test('a transaction begun by hand in a pool may hold a change until it is ended by hand', async () => {
    const shop = open({ pool: { max: 1 } })
    await shop.base.$executeRawUnsafe('BEGIN')
    await shop.base.$executeRawUnsafe(triggers.postgresql)
    await of(shop.adapter).settled()
    expect(wideBecause(shop.adapter)).toBe('unknown')
    await shop.base.$executeRawUnsafe('ROLLBACK')
    await of(shop.adapter).settled()
    expect(wideBecause(shop.adapter)).toBeUndefined()
  })

  test('a function may change definitions', async () => {
    await onPostgres(url, (other) =>
      other.query(
        `CREATE FUNCTION migrate() RETURNS void LANGUAGE plpgsql AS $$BEGIN ${triggers.postgresql}; END$$`,
      ),
    )
    const shop = open()
    await shop.base.$connect()
    await shop.base.$queryRaw`SELECT migrate()::text`
    await of(shop.adapter).settled()
    expect(wideBecause(shop.adapter)).toBe('trigger')
  })
})

describe('a database that does not tell', () => {
  test('for want of a permission fails nobody, is told once, and what is read is cached', async () => {
    const url = await createPostgresDatabase()
    const name = `reader_${new URL(url).pathname.slice(-16)}`
    await onPostgres(url, async (owner) => {
      await owner.query(`CREATE ROLE ${name} LOGIN PASSWORD 'secret'`)
      await owner.query(`GRANT ALL ON ALL TABLES IN SCHEMA public TO ${name}`)
      await owner.query('REVOKE SELECT ON pg_catalog.pg_trigger FROM PUBLIC')
    })
    const own = new URL(url)
    own.username = name
    own.password = 'secret'
    const cache = createCache()
    const told: CacheEvents['widened'][] = []
    cache.on('widened', (event) => told.push(event))
    const shop = createCachedPostgres(own.href, { cache })
    leftovers.push(() => shop.base.$disconnect())
    const read = () => shop.prisma.user.findMany()
    await read()
    expect(await statusOf(shop.prisma, read())).toBe('hit')
    await shop.prisma.user.updateMany({ data: { name: 'Grace' } })
    expect(await statusOf(shop.prisma, read())).toMatch(/^miss/)
    expect(wideBecause(shop.adapter)).toBe('unknown')
    expect(told).toEqual([
      {
        reason: 'the database does not tell what its tables are',
        detail: expect.stringContaining('permission denied') as string,
      },
    ])
  })

  test('is told to a cache that comes later', async () => {
    const refusing: Around = (text, send) =>
      isQuestion(text) ? Promise.reject(new Error('not here')) : send()
    const { url, remove } = createDatabase()
    leftovers.push(remove)
    const wrap: CachedOptions['wrap'] = (factory) => standAround(factory, refusing)
    const shop = createCached(url, { wrap })
    leftovers.push(() => shop.base.$disconnect())
    await shop.base.$connect()
    const cache = createCache()
    const told: CacheEvents['widened'][] = []
    cache.on('widened', (event) => told.push(event))
    shop.base.$extends(freshet({ cache }))
    expect(told.map(({ detail }) => detail)).toContain('Error: not here')
  })

  describe('in time', () => {
    beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }))
    afterEach(() => void vi.useRealTimers())

    test('holds nobody up for longer than two seconds, and what it answers then is known', async () => {
      const { pauses, wrap } = paused()
      const { url, remove } = createDatabase()
      leftovers.push(remove)
      const shop = createCached(url, { wrap })
      leftovers.push(() => shop.base.$disconnect())
      const question = pauses.before(isQuestion)
      let isConnected = false
      const connecting = shop.base.$connect().then(() => (isConnected = true))
      await question.reached
      vi.advanceTimersByTime(1999)
      await new Promise(setImmediate)
      expect(isConnected).toBe(false)
      vi.advanceTimersByTime(1)
      await connecting
      expect(await shop.prisma.user.findMany()).toEqual([])
      expect(wideBecause(shop.adapter)).toBe('unknown')
      question.release()
      await of(shop.adapter).settled()
      expect(wideBecause(shop.adapter)).toBeUndefined()
    })
  })
})

describe('foreign keys', () => {
  const open = async (...changes: string[]) => {
    const url = await createPostgresDatabase()
    await onPostgres(url, async (other) => {
      for (const sql of changes) await other.query(sql)
    })
    const shop = createCachedPostgres(url)
    leftovers.push(() => shop.base.$disconnect())
    await shop.prisma.user.create({ data: { id: 1, email: 'ada@example.com', name: 'Ada' } })
    return shop
  }

  test('that the schema does not know of carry a delete as the database does', async () => {
    const shop = await open(
      `CREATE TABLE owned (id int PRIMARY KEY REFERENCES users ON DELETE CASCADE)`,
      `ALTER TABLE "Scalars" ADD COLUMN owner int REFERENCES owned ON DELETE CASCADE`,
    )
    const read = () => shop.prisma.scalars.findMany()
    await read()
    expect(await statusOf(shop.prisma, read())).toBe('hit')
    await shop.prisma.user.deleteMany()
    expect(await statusOf(shop.prisma, read())).toMatch(/^miss/)
  })

  test('that do nothing in the database leave what they are declared to change alone', async () => {
    const shop = await open(
      `ALTER TABLE "Post" DROP CONSTRAINT "Post_author_id_fkey",
        ADD FOREIGN KEY (author_id) REFERENCES users (id)`,
    )
    const read = () => shop.prisma.post.findMany()
    await read()
    await shop.prisma.user.deleteMany()
    expect(await statusOf(shop.prisma, read())).toBe('hit')
  })
})
