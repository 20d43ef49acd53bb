import { isFreshetError } from '@freshet/core'
import { afterEach, describe, expect, test } from 'vitest'
import type { FreshetOptions } from '../../src/index.js'
import { Post } from '../support/entities.js'
import type { DatabaseName, Watched } from '../tap/watched.js'
import { createDatabase, open } from '../tap/watched.js'

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

test.each([-1, 1.5, '5', true])('members: %j is refused', async (members) => {
  const database = await createDatabase('better-sqlite3')
  await begin('better-sqlite3', {})
  const refused = open(database, { entities: { Post: { members: members as number } } })
  await expect(refused).rejects.toSatisfy((error) => isFreshetError(error, 'INVALID_OPTION'))
})
