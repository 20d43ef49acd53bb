import { isFreshetError } from '@freshet/core'
import { EntitySchema, MoreThan } from 'typeorm'
import { afterEach, describe, expect, test } from 'vitest'
import type { FreshetOptions } from '../../src/index.js'
import { Post } from '../support/entities.js'
import { catalogueSettled } from '../support/catalogue-settled.js'
import type { DatabaseName, Watched } from '../tap/watched.js'
import { createDatabase, open, prepare } from '../tap/watched.js'

let watched: Watched
/** Of the posts, by turns of two authors; the last is nobody's. */
let ids: readonly number[]
let authors: readonly number[]

const posts = () => watched.dataSource.getRepository(Post)

async function begin(name: DatabaseName, options: Partial<FreshetOptions>): Promise<void> {
  watched = await open(await createDatabase(name), options)
  const all = await posts().find({ order: { id: 'ASC' }, relations: { author: true } })
  ids = all.map(({ id }) => id)
  authors = [all[0]!.author!.id, all[1]!.author!.id]
}

afterEach(async () => {
  await watched.dataSource.destroy()
  await watched.cache.close()
})

const reads = {
  'a count': (author: number) => posts().getCountWithCache({ where: { author: { id: authors[author]! } } }),
  'an average': (author: number) =>
    posts()
      .createQueryBuilder('post')
      .where('post.authorId = :author', { author: authors[author] })
      .select('AVG(post.views)', 'average')
      .cache(true)
      .getRawOne(),
} as const

const asksForKeys = (sql: string): boolean =>
  /^SELECT [^()]+ FROM [^()]+ LIMIT \d+$/.test(sql) && !/JOIN/.test(sql)
const asked = () => watched.statements.filter(asksForKeys).length

const read = Object.entries(reads)
const databases = ['better-sqlite3', 'postgres', 'mariadb'] as const
const cases = databases.flatMap((name) => read.map(([about, ask]) => [about, name, ask] as const))

describe.each(cases)('the rows of %s on %s', (_about, name, ask) => {
  const sends = async (author = 0) => {
    const before = watched.statements.length
    await ask(author)
    const sent = watched.statements.length > before
    await watched.cache.settled()
    return sent
  }

  test('are asked for once, so that it outlives writes of others', async () => {
    await begin(name, { entities: { Post: { members: 3 } } })
    expect(await sends()).toBe(true)
    expect(asked()).toBe(1)
    await posts().delete(ids[1]!)
    expect(await sends()).toBe(false)
    await posts().delete(ids[0]!)
    expect(await sends()).toBe(true)
    await posts().delete(ids[3]!)
    expect(await sends()).toBe(false)
    expect(asked()).toBe(1)
  })

  test('are asked for no more where there are too many', async () => {
    await begin(name, { entities: { Post: { members: 1 } } })
    await sends()
    await posts().delete(ids[1]!)
    expect(await sends()).toBe(true)
    expect(asked()).toBe(1)
  })

  test('are not asked for where nobody says so', async () => {
    await begin(name, { entities: { User: { members: 5 } } })
    await sends()
    expect(asked()).toBe(0)
    await posts().delete(ids[1]!)
    expect(await sends()).toBe(true)
  })

  test('are not asked for by reads in a scope', async () => {
    await begin(name, { entities: { Post: { members: 5 } }, scope: () => 'tenant' })
    await sends()
    expect(asked()).toBe(0)
  })
})

/** A table between whose key is a text, which looks as a UUID does without its dashes. */
interface Session {
  token: string
  user: Visitor | null
}
interface Visitor {
  id: number
  level: number
  sessions: Session[]
}
const Session = new EntitySchema<Session>({
  name: 'Session',
  columns: { token: { type: 'varchar', length: 32, primary: true } },
  relations: { user: { type: 'many-to-one', target: 'Visitor', inverseSide: 'sessions' } },
})
const Visitor = new EntitySchema<Visitor>({
  name: 'Visitor',
  columns: { id: { type: 'int', primary: true }, level: { type: 'int' } },
  relations: { sessions: { type: 'one-to-many', target: 'Session', inverseSide: 'user' } },
})

test.each(['postgres', 'mariadb'] as const)(
  'of a key that is a text nothing is asked for, on %s',
  async (name) => {
    watched = prepare(
      await createDatabase(name),
      { entities: { Visitor: { members: 5 } } },
      {
        entities: [Session, Visitor],
        synchronize: true,
      },
    )
    const { dataSource, cache } = watched
    await dataSource.initialize()
    const visitors = dataSource.getRepository(Visitor)
    const token = '0123456789abcdef0123456789abcdef'
    await visitors.insert({ id: 7, level: 2 })
    await dataSource.getRepository(Session).insert({ token, user: { id: 7 } })
    await catalogueSettled(dataSource)
    const where = { level: MoreThan(3), sessions: { token } }
    await visitors.getCountWithCache({ where })
    await cache.clear()
    expect(await visitors.getCountWithCache({ where })).toBe(0)
    await cache.settled()
    await visitors.update({ id: 7 }, { level: 5 })
    expect(await visitors.getCountWithCache({ where })).toBe(1)
  },
)

test.each([-1, 1.5, '5', true])('members: %j is refused', async (members) => {
  const database = await createDatabase('better-sqlite3')
  await begin('better-sqlite3', {})
  const refused = open(database, { entities: { Post: { members: members as number } } })
  await expect(refused).rejects.toSatisfy((error) => isFreshetError(error, 'INVALID_OPTION'))
})
