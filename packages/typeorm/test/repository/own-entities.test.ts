import { afterEach, beforeEach, expect, test } from 'vitest'
import { Comment, Money, Note, Post, User } from '../support/entities.js'
import { portrait } from '../support/portrait.js'
import type { Seeded } from './data-source.js'
import { seededDataSource } from './data-source.js'

let seeded: Seeded
beforeEach(async () => {
  seeded = await seededDataSource()
})
afterEach(async () => {
  await seeded.dataSource.destroy()
})

/** An answer that was not loaded for its caller. */
async function hit<T>(read: () => Promise<T>): Promise<T> {
  await read()
  seeded.forget()
  const answer = await read()
  expect(seeded.sent).toEqual([])
  return answer
}

const everything = { where: { id: 1 }, relations: { author: true, labels: true, comments: true } } as const

test('whatever a caller does to its entities, nobody else sees it', async () => {
  const posts = seeded.dataSource.getRepository(Post)
  const read = () => posts.getOneWithCache(everything)
  const untouched = portrait(await read())
  for (let round = 0; round < 2; round++) {
    const post = (await read())!
    post.title = 'changed'
    post.publishedAt!.setFullYear(1999)
    post.tags!.push('changed')
    ;(post.settings as { depth: { list: unknown[] } }).depth.list.push('changed')
    post.labels.pop()!.colour = 'changed'
    post.labelIds.push('changed')
    post.author!.address.geo.lat = 99
    post.author!.balance = new Money(0)
    ;(await post.comments).pop()
    post.comments = Promise.resolve([])
    expect(portrait(await read())).toEqual(untouched)
  }
})

test('the one whose load is stored owns its entities too', async () => {
  const users = seeded.dataSource.getRepository(User)
  const first = (await users.getWithCache())[0]!
  first.address.city = 'changed'
  first.profile!.avatar!['url'] = 'changed'
  const [second] = await users.getWithCache()
  expect(second!.address.city).toBe('Here')
  expect(second!.profile!.avatar).toEqual({ url: '/ada.png', sizes: [16, 32] })
})

const changes: Readonly<Record<string, (post: Post) => unknown>> = {
  'a text': (post) => (post.title = 'Another title'),
  'what a value holds': (post) => post.publishedAt!.setUTCFullYear(2030),
  'an array in a column': (post) => post.tags!.push('new'),
  json: (post) => ((post.data as { n: number }).n = 99),
  nothing: () => undefined,
  'a relation': (post) => {
    post.author = null
    post.authorId = null
  },
  'a many-to-many relation': (post) => post.labels.pop(),
  'a lazy relation': (post) => (post.reviewer = Promise.resolve(null)),
  'what belongs to a related entity': (post) => {
    post.author!.address.geo.lng = 7
    post.author!.balance = post.author!.balance!.plus(1)
  },
}

test.each(Object.entries(changes))(
  'saved after a change, it writes what an uncached one writes: %s',
  async (_, change) => {
    const other = await seededDataSource()
    const written = async ({ dataSource, sent }: Seeded, post: Post) => {
      change(post)
      sent.length = 0
      if (post.author !== null) await dataSource.manager.save(post.author)
      await dataSource.manager.save(post)
      return sent.map(withoutTimes)
    }
    const options = { where: { id: 1 }, relations: { author: true, labels: true } } as const
    const uncached = (await other.dataSource.getRepository(Post).findOne(options))!
    const cached = (await hit(() => seeded.dataSource.getRepository(Post).getOneWithCache(options)))!
    expect(await written(seeded, cached)).toEqual(await written(other, uncached))
    await other.dataSource.destroy()
  },
)

/** The two databases were not seeded in the same second. */
const withoutTimes = (statement: string): string =>
  statement.replaceAll(/\d{4}-\d\d-\d\d[ T][\d:.Z]+/g, 'a time')

test('a cached entity can be removed, softly removed and inserted again', async () => {
  const notes = seeded.dataSource.getRepository(Note)
  const note = (await hit(() => notes.getOneWithCache({ where: { id: 1 } })))!
  await notes.remove(note)
  expect(await notes.countBy({ id: 1 })).toBe(0)
  await notes.save(notes.create({ text: note.text }))
  const posts = seeded.dataSource.getRepository(Post)
  await posts.softRemove((await hit(() => posts.getOneWithCache({ where: { id: 2 } })))!)
  expect(await posts.findOneBy({ id: 2 })).toBeNull()
})

test('a lazy relation that was not joined is read from the database when it is asked for, each time anew', async () => {
  const comments = seeded.dataSource.getRepository(Comment)
  for (let round = 0; round < 2; round++) {
    const comment = (await hit(() => comments.getOneWithCache({ where: { id: 1 } })))!
    expect((await comment.post).title).toBe('Post 0!')
    expect(seeded.sent[0]).toContain('FROM "posts"')
  }
})

test('a lazy relation that was joined needs no database', async () => {
  const comments = seeded.dataSource.getRepository(Comment)
  const read = () => comments.getOneWithCache({ where: { id: 1 }, relations: { post: true } })
  expect((await (await hit(read))!.post).title).toBe('Post 0!')
  expect(seeded.sent).toEqual([])
})

test('an object that is reached twice is one object, and not that of another answer', async () => {
  await seeded.dataSource.query('UPDATE notes SET "authorId" = 1')
  const notes = seeded.dataSource.getRepository(Note)
  const read = () => notes.getWithCache({ relations: { author: true }, relationLoadStrategy: 'query' })
  const [first, second] = await hit(read)
  expect(first!.author).toBeInstanceOf(User)
  expect(first!.author).toBe(second!.author)
  expect((await read())[0]!.author).not.toBe(first!.author)
})
