import { PrismaMariaDb } from '@prisma/adapter-mariadb'
import { makeTypedQueryFactory } from '@prisma/client/runtime/client'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createCache } from '@freshet/core'
import { freshet } from '@freshet/prisma'
import { catalogueSettled } from './support/catalogue-settled.js'
import { createCachedMariaDb, createMariaDbDatabase } from './support/mariadb.js'
import { createCachedPostgres, createPlainPostgres, createPostgresDatabase } from './support/postgres.js'
import { createCached, createDatabase } from './support/sqlite.js'
import { statusOf } from './support/status.js'
import { PrismaClient as PostgresClient } from './support/generated/postgresql/client.js'

// Writes that no hook of Prisma tells anybody about: they are read from their SQL where it passes the driver.

const ada = { id: 1, email: 'ada@example.com', name: 'Ada' }

describe('PostgreSQL', () => {
  let url: string
  let shop: ReturnType<typeof createCachedPostgres>

  beforeEach(async () => {
    url = await createPostgresDatabase()
    shop = createCachedPostgres(url)
    await shop.prisma.user.create({ data: ada })
    await shop.base.$executeRawUnsafe(`
      CREATE FUNCTION rename_all() RETURNS void LANGUAGE sql AS $$ UPDATE users SET name = 'Grace' $$;
      CREATE PROCEDURE rename_them() LANGUAGE sql AS $$ UPDATE users SET name = 'Grace' $$;
      CREATE TABLE incoming (name TEXT); INSERT INTO incoming VALUES ('Grace');
      CREATE VIEW people AS SELECT id, email, name FROM users`)
  })

  afterEach(async () => await shop.base.$disconnect())

  test.each([
    "UPDATE users SET name = 'Grace'",
    'UPDATE "public"."users" AS u SET name = i.name FROM incoming i',
    "/* a note */ update only users set name = 'Grace' -- and another",
    "WITH changed AS (UPDATE users SET name = 'Grace' RETURNING id) SELECT count(*) FROM changed",
    "SELECT 'update users'; UPDATE users SET name = 'Grace'",
    "INSERT INTO users (id, email, name) VALUES (1, 'b', 'Grace') ON CONFLICT (id) DO UPDATE SET name = EXCLUDED.name",
    'MERGE INTO users u USING incoming i ON true WHEN MATCHED THEN UPDATE SET name = i.name',
    "DO $$ BEGIN UPDATE users SET name = 'Grace'; END $$",
    'CALL rename_them()',
    'SELECT rename_all()',
    "UPDATE people SET name = 'Grace'",
    "PREPARE p AS UPDATE users SET name = 'Grace'; EXECUTE p",
    "EXPLAIN ANALYZE UPDATE users SET name = 'Grace'",
    "BEGIN; UPDATE users SET name = 'Grace'; COMMIT",
  ])('%s', async (sql) => {
    const ways = ['$executeRawUnsafe', '$queryRawUnsafe'] as const
    // The adapter gives no rows for several statements.
    for (const way of sql.includes('; ') ? ways.slice(0, 1) : ways) {
      await shop.base.user.update({ where: { id: 1 }, data: { name: 'Ada' } })
      expect(await shop.prisma.user.findMany()).toMatchObject([{ name: 'Ada' }])
      await shop.prisma[way](sql).catch((error: unknown) => {
        // Prisma cannot read the type `void`; the function has run.
        if (!String(error).includes('void')) throw error
      })
      expect(await shop.prisma.user.findMany()).toMatchObject([{ name: 'Grace' }])
    }
  })

  test('inside a transaction they count at its commit', async () => {
    await catalogueSettled(shop.adapter)
    await shop.prisma.user.findMany()
    await shop.prisma.$transaction(async (tx) => {
      await tx.$queryRaw`UPDATE users SET name = ${'Grace'} RETURNING id`
      expect(await statusOf(shop.prisma, shop.prisma.user.findMany())).toBe('hit')
    })
    expect(await shop.prisma.user.findMany()).toMatchObject([{ name: 'Grace' }])
  })

  test('INSERT … SELECT, TRUNCATE … CASCADE, DELETE … USING and DDL', async () => {
    const posts = () => shop.prisma.post.findMany({ select: { title: true } })
    expect(await posts()).toEqual([])
    await shop.prisma.$executeRaw`INSERT INTO "Post" (title, author_id) SELECT name, 1 FROM incoming`
    expect(await posts()).toEqual([{ title: 'Grace' }])
    await shop.prisma.$executeRaw`DELETE FROM "Post" USING users WHERE author_id = users.id`
    expect(await posts()).toEqual([])
    await shop.prisma.post.create({ data: { title: 'a', authorId: 1 } })
    expect(await posts()).toHaveLength(1)
    await shop.prisma.$executeRaw`TRUNCATE users CASCADE`
    expect(await posts()).toEqual([])
    await shop.prisma.user.create({ data: ada })
    await shop.prisma.user.findMany()
    await shop.base.$executeRawUnsafe('DROP VIEW people')
    await shop.prisma.user.findMany()
    await shop.prisma.$executeRawUnsafe("ALTER TABLE users ALTER COLUMN name TYPE TEXT USING 'Grace'")
    expect(await shop.prisma.user.findMany()).toMatchObject([{ name: 'Grace' }])
  })

  test('typed SQL goes the same way', async () => {
    const renameTo = makeTypedQueryFactory('UPDATE users SET name = $1 RETURNING id') as (
      name: string,
    ) => never
    await shop.prisma.user.findMany()
    expect(await shop.prisma.$queryRawTyped(renameTo('Grace'))).toEqual([{ id: 1 }])
    expect(await shop.prisma.user.findMany()).toMatchObject([{ name: 'Grace' }])
  })

  test('a raw read is never cached, locks or not, and invalidates nothing', async () => {
    await catalogueSettled(shop.adapter)
    await shop.prisma.user.findMany()
    await shop.prisma.$queryRaw`SELECT * FROM users FOR UPDATE`
    await shop.prisma.$queryRaw`SELECT count(*), now(), lower(max(name)) FROM users`
    await shop.prisma.$executeRaw`CREATE TEMP TABLE scratch (id INT)`
    expect(await statusOf(shop.prisma, shop.prisma.user.findMany())).toBe('hit')
    expect(shop.cache.stats().hits).toBe(1)
  })

  test('what triggers and views do is declared', async () => {
    await shop.base.$executeRawUnsafe(`
      CREATE FUNCTION log_it() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN INSERT INTO "Post" (title, author_id) VALUES (NEW.name, NEW.id); RETURN NULL; END $$;
      CREATE TRIGGER log AFTER UPDATE ON users FOR EACH ROW EXECUTE FUNCTION log_it()`)
    const cache = createCache()
    const declared = shop.base.$extends(freshet({ cache, dependsOn: { Post: ['users'] } }))
    expect(await declared.post.findMany()).toEqual([])
    await declared.user.update({ where: { id: 1 }, data: { name: 'Grace' } })
    expect(await declared.post.findMany()).toMatchObject([{ title: 'Grace' }])
  })

  test('comments that plugins add to each statement change nothing', async () => {
    const plain = createPlainPostgres(url)
    let n = 0
    const base = new PostgresClient({
      adapter: plain.adapter,
      comments: [() => ({ traceparent: `00-${n++}`, note: 'DROP; COMMIT' })],
    })
    const prisma = base.$extends(freshet({ cache: createCache() }))
    await prisma.user.findMany()
    expect(await statusOf(prisma, prisma.user.findMany())).toBe('hit')
    await prisma.user.update({ where: { id: 1 }, data: { name: 'Grace' } })
    expect(await prisma.user.findMany()).toMatchObject([{ name: 'Grace' }])
    await prisma.$transaction((tx) => tx.user.update({ where: { id: 1 }, data: { name: 'Augusta' } }))
    expect(await prisma.user.findMany()).toMatchObject([{ name: 'Augusta' }])
    await base.$disconnect()
  })

  test('prepared statements with names of their own are seen', async () => {
    const { PrismaPg } = await import('@prisma/adapter-pg')
    const adapter = new PrismaPg(
      { connectionString: url },
      { statementNameGenerator: ({ sql }) => `s${sql.length}` },
    )
    const base = new PostgresClient({ adapter })
    const prisma = base.$extends(freshet({ cache: createCache() }))
    for (const name of ['Grace', 'Augusta']) {
      await prisma.user.findMany()
      await prisma.user.update({ where: { id: 1 }, data: { name } })
      expect(await prisma.user.findMany()).toMatchObject([{ name }])
    }
    await base.$disconnect()
  })
})

describe('MariaDB', () => {
  let url: string
  let shop: ReturnType<typeof createCachedMariaDb>

  beforeEach(async () => {
    url = await createMariaDbDatabase()
    shop = createCachedMariaDb(url)
    await shop.prisma.user.create({ data: ada })
  })

  afterEach(async () => await shop.base.$disconnect())

  test.each([
    "UPDATE users SET name = 'Grace'",
    "INSERT INTO users (id, email) VALUES (1, 'b') ON DUPLICATE KEY UPDATE name = 'Grace'",
    "REPLACE INTO users (id, email, name) VALUES (1, 'ada@example.com', 'Grace')",
    "/*! UPDATE users SET name = 'Grace' */",
    "UPDATE users u LEFT JOIN Post p ON p.author_id = u.id SET u.name = 'Grace'",
    'SET STATEMENT max_statement_time = 10 FOR UPDATE users SET name = "Grace"',
    "BEGIN NOT ATOMIC UPDATE users SET name = 'Grace'; END",
  ])('%s', async (sql) => {
    expect(await shop.prisma.user.findMany()).toMatchObject([{ name: 'Ada' }])
    await shop.prisma.$executeRawUnsafe(sql)
    expect(await shop.prisma.user.findMany()).toMatchObject([{ name: 'Grace' }])
  })

  test('a procedure that commits inside a transaction is seen, whatever becomes of that', async () => {
    const connection = await new PrismaMariaDb({
      ...Object.fromEntries([['host', new URL(url).hostname]]),
      port: Number(new URL(url).port),
      user: 'root',
      database: new URL(url).pathname.slice(1),
    }).connect()
    await connection.executeRaw({
      sql: "CREATE PROCEDURE rename_them() BEGIN UPDATE users SET name = 'Grace'; COMMIT; END",
      args: [],
      argTypes: [],
    })
    await connection.dispose()
    const posts = () => shop.prisma.post.findMany({ select: { title: true } })
    await posts()
    await shop.prisma.user.findMany()
    const failing = shop.prisma.$transaction(async (tx) => {
      await tx.post.create({ data: { title: 'a', authorId: 1 } })
      await tx.$executeRawUnsafe('CALL rename_them()')
      throw new Error('undo')
    })
    await expect(failing).rejects.toThrow('undo')
    expect(await posts()).toEqual([{ title: 'a' }])
    expect(await shop.prisma.user.findMany()).toMatchObject([{ name: 'Grace' }])
  })

  test('every write of Prisma', async () => {
    const { prisma } = shop
    const all = () => prisma.user.findMany({ include: { posts: true }, orderBy: { id: 'asc' } })
    const direct = () => shop.base.user.findMany({ include: { posts: true }, orderBy: { id: 'asc' } })
    const writes: (() => PromiseLike<unknown>)[] = [
      () => prisma.user.createMany({ data: [{ id: 2, email: 'b' }], skipDuplicates: true }),
      () => prisma.user.updateMany({ data: { name: 'all' } }),
      () => prisma.user.upsert({ where: { id: 3 }, create: { id: 3, email: 'c' }, update: {} }),
      () => prisma.user.upsert({ where: { id: 3 }, create: { email: 'c' }, update: { name: 'up' } }),
      () => prisma.user.update({ where: { id: 1 }, data: { posts: { create: { id: 1, title: 'a' } } } }),
      () => prisma.post.update({ where: { id: 1 }, data: { author: { connect: { id: 2 } } } }),
      () => prisma.user.delete({ where: { id: 2 } }),
      () => prisma.user.deleteMany(),
    ]
    for (const write of writes) {
      await all()
      await write()
      expect(await all()).toEqual(await direct())
    }
  })
})

describe('SQLite', () => {
  let database: ReturnType<typeof createDatabase>
  let shop: ReturnType<typeof createCached>

  beforeEach(async () => {
    database = createDatabase()
    shop = createCached(database.url)
    await shop.prisma.user.create({ data: ada })
    await shop.base.category.create({ data: { id: 1, name: 'all' } })
    await shop.base.post.create({ data: { id: 1, slug: 'a', title: 'A', authorId: 1 } })
  })

  afterEach(async () => {
    await shop.base.$disconnect()
    database.remove()
  })

  test.each([
    "UPDATE users SET name = 'Grace'",
    "UPDATE OR IGNORE main.users SET name = 'Grace'",
    "REPLACE INTO users (id, email, name, updated_at) VALUES (1, 'b', 'Grace', '2020-01-01T00:00:00Z')",
    "WITH n(v) AS (VALUES ('Grace')) UPDATE users SET name = (SELECT v FROM n)",
  ])('%s', async (sql) => {
    expect(await shop.prisma.user.findMany()).toMatchObject([{ name: 'Ada' }])
    await shop.prisma.$executeRawUnsafe(sql)
    expect(await shop.prisma.user.findMany()).toMatchObject([{ name: 'Grace' }])
  })

  test('executeScript() of the adapter is seen as well', async () => {
    await shop.prisma.user.findMany()
    const connection = await shop.adapter.connect()
    await connection.executeScript('UPDATE users SET name = \'Grace\'; DELETE FROM "Post"')
    expect(await shop.prisma.user.findMany()).toMatchObject([{ name: 'Grace' }])
    await connection.dispose()
  })

  test('join tables of implicit relations', async () => {
    const tags = () => shop.prisma.post.findMany({ select: { tags: { select: { name: true } } } })
    expect(await tags()).toEqual([{ tags: [] }])
    await shop.prisma.post.update({
      where: { id: 1 },
      data: { tags: { connectOrCreate: { where: { name: 'x' }, create: { name: 'x' } } } },
    })
    expect(await tags()).toEqual([{ tags: [{ name: 'x' }] }])
    await shop.prisma.post.update({ where: { id: 1 }, data: { tags: { set: [] } } })
    expect(await tags()).toEqual([{ tags: [] }])
  })

  test('rows that go by a cascade, or lose their parent', async () => {
    const { prisma } = shop
    await prisma.comment.create({ data: { id: 1, body: 'c', postId: 1, authorId: 1 } })
    await prisma.user.create({ data: { id: 2, email: 'b', inviterId: 1 } })
    const comments = () => prisma.comment.findMany()
    const invited = () => prisma.user.findMany({ where: { inviterId: 1 } })
    expect(await comments()).toHaveLength(1)
    expect(await invited()).toHaveLength(1)
    await prisma.user.delete({ where: { id: 1 } })
    expect(await comments()).toEqual([])
    expect(await invited()).toEqual([])
    expect(await prisma.user.findUnique({ where: { id: 2 } })).toMatchObject({ inviterId: null })
  })

  test('a view is read again when a table behind it is written', async () => {
    const { base, cache } = shop
    const prisma = base.$extends(
      freshet({ cache: createCache(), dependsOn: { AuthorStats: ['User', 'Post'] } }),
    )
    const stats = () => prisma.authorStats.findMany({ select: { postCount: true } })
    expect(await stats()).toEqual([{ postCount: 1 }])
    expect(await statusOf(prisma, stats())).toBe('hit')
    await prisma.post.create({ data: { slug: 'b', title: 'B', authorId: 1 } })
    expect(await stats()).toEqual([{ postCount: 2 }])
    expect(cache.stats().entries).toBe(0)
  })

  test('a view of which nothing is declared is read again after every write', async () => {
    const stats = () => shop.prisma.authorStats.findMany({ select: { postCount: true } })
    await stats()
    expect(await statusOf(shop.prisma, stats())).toBe('hit')
    await shop.prisma.tag.create({ data: { name: 'x' } })
    expect(await statusOf(shop.prisma, stats())).toBe('miss: invalidated')
  })
})
