import { randomBytes } from 'node:crypto'
import { type Cache, createCache, type CacheOptions } from '@freshet/core'
import { engineOf } from '@freshet/core/adapter'
import { held } from '@freshet/testing'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type RedisServer, startRedisServer } from '../../../test/services/index.js'
import { sharedRedisCluster } from '../../../test/services/shared.js'
import { redisStore } from '../src/index.js'
import { createKeys } from '../src/keys.js'
import { connectTo, connectToCluster, type TestClient } from './support/clients.js'
import { age } from './support/time-machine.js'
import { tracked, type TrackedClient } from './support/tracked-client.js'

// Two versions of an application: only the second tells posts apart by their slug.
const lease = '2s'
const leaseMs = 2_000

const oldTags = { write: ['post~', 'post#1'], read: ['post', 'post#1'] }
const newTags = { write: ['post~', 'post#1', 'post[slug=a]'], read: ['post', 'post[slug=a]'] }
const unrelated = ['post', 'post#2']

/** One row, and whoever reads and writes it. */
class Posts {
  row = 'v0'
  loads = 0
  readonly prefix = `dialects:${randomBytes(6).toString('hex')}:`
  readonly generation = createKeys(this.prefix).generation('post')
  readonly #client: TrackedClient
  readonly #near: CacheOptions
  readonly #caches: Cache[] = []

  constructor(client: TrackedClient, near: CacheOptions = { near: false }) {
    this.#client = client
    this.#near = near
  }

  process(dialect: string, tags: typeof oldTags): Process {
    const store = redisStore(this.#client, { prefix: this.prefix, lease, advice: false })
    const cache = createCache({ store, ttl: '1h', jitter: 0, ...this.#near })
    const { store: shared, space } = engineOf(cache)!
    shared.speak!(space, new Map([['post', { id: dialect, clock: 'post~' }]]))
    this.#caches.push(cache)
    const read = async (key: string, of: readonly string[]) => {
      const row = await cache.getOrSet(key, () => this.#load(), { tags: of })
      await this.#client.idle()
      return row
    }
    return {
      cache,
      tags,
      read: async () => await read(tags.read.join(), tags.read),
      readOther: async () => await read(`other of ${dialect}`, unrelated),
      write: async (row) => await cache.write(tags.write, () => void (this.row = row)),
    }
  }

  async close(): Promise<void> {
    for (const cache of this.#caches) await cache.close()
  }

  #load(): string {
    this.loads++
    return this.row
  }
}

interface Process {
  readonly cache: Cache
  readonly tags: typeof oldTags
  read(): Promise<string>
  /** Of another row. */
  readOther(): Promise<string>
  write(row: string): Promise<void>
}

const topologies = ['one server', 'a cluster'] as const

describe.each(topologies)('on %s', (topology) => {
  let server: RedisServer | undefined
  let client: TestClient
  let posts: Posts
  let old: Process
  let next: Process

  beforeAll(async () => {
    if (topology === 'one server') server = await startRedisServer()
    client =
      server === undefined
        ? await connectToCluster((await sharedRedisCluster()).addresses)
        : await connectTo(server)
  })
  afterAll(async () => {
    client.disconnect()
    await server?.stop()
  })
  afterEach(async () => await posts.close())
  beforeEach(() => {
    posts = new Posts(tracked(client))
    old = posts.process('old', oldTags)
    next = posts.process('next', newTags)
  })

  /** How often reads go to the database. */
  const loads = async (...reads: readonly (() => Promise<string>)[]) => {
    const before = posts.loads
    for (const read of reads) await read()
    return posts.loads - before
  }

  test('a write stops what another version has read by what the writer does not know', async () => {
    await old.read()
    await old.write('v1')
    expect(await next.read()).toBe('v1')
    expect(await loads(next.read)).toBe(0)
    await old.write('v2')
    expect(await next.read()).toBe('v2')
  })

  test('so it does from the first read of the newcomer on', async () => {
    expect(await old.read()).toBe('v0')
    expect(await next.read()).toBe('v0')
    await old.write('v1')
    expect(await next.read()).toBe('v1')
  })

  test('the first write of the newcomer stops what the others have read', async () => {
    const known = posts.process('known', { ...newTags, read: ['post', 'post[author=1]'] })
    await known.write('v1')
    await known.read()
    await next.write('v2')
    expect(await known.read()).toBe('v2')
  })

  test('while both write, each write stops what any of them reads of the table, and nothing more is needed after', async () => {
    await old.write('v1')
    await next.write('v2')
    expect(await loads(next.read, next.readOther, old.readOther)).toBe(3)
    expect(await loads(next.read, next.readOther, old.readOther)).toBe(0)
    await old.write('v3')
    expect(await next.read()).toBe('v3')
    expect(await loads(next.readOther, old.readOther)).toBe(2)
  })

  test('when the others have gone, a write stops what it can change, and leaves the rest alone', async () => {
    await old.write('v1')
    await next.write('v2')
    await next.readOther()
    await age(client, posts.prefix, 3 * leaseMs)
    await next.write('v3')
    await next.readOther()
    await next.write('v4')
    expect(await loads(next.readOther)).toBe(0)
    expect(await next.read()).toBe('v4')
  })

  test('a version alone never changes the generation of the table', async () => {
    await next.read()
    await next.readOther()
    const before = await client.call('get', posts.generation)
    await next.write('v1')
    expect(await client.call('get', posts.generation)).toBe(before)
    expect(await loads(next.readOther)).toBe(0)
    expect(await next.read()).toBe('v1')
  })

  test('a write that is not acknowledged yet is not overlooked when its version was taken for gone', async () => {
    await old.write('v1')
    const commit = held()
    const writing = old.cache.write(oldTags.write, async () => {
      await commit.promise
      posts.row = 'v2'
    })
    await until(async () => await isMarked(client, posts.prefix))
    await next.write('v1')
    await age(client, posts.prefix, 3 * leaseMs)
    await next.write('v1')
    expect(await next.read()).toBe('v1')
    expect(await loads(next.read)).toBe(0)
    commit.resolve()
    await writing
    expect(await next.read()).toBe('v2')
  })

  test('what was committed is not overlooked while its writer has not said so: it began when it was alone', async () => {
    await old.write('v1')
    const commit = held()
    const close = held()
    const writing = old.cache.write(oldTags.write, async () => {
      await commit.promise
      posts.row = 'v2'
      await close.promise
    })
    await until(async () => await isMarked(client, posts.prefix))
    await next.write('v1')
    expect(await next.read()).toBe('v1')
    commit.resolve()
    await until(() => posts.row === 'v2')
    expect(await next.read()).toBe('v2')
    close.resolve()
    await writing
  })

  test('nor while the writer is the first of its version', async () => {
    const known = posts.process('known', { ...newTags, read: ['post', 'post[author=1]'] })
    await known.write('v1')
    await known.read()
    expect(await loads(known.read)).toBe(0)
    const close = held()
    const writing = next.cache.write(newTags.write, async () => {
      posts.row = 'v2'
      await close.promise
    })
    await until(() => posts.row === 'v2')
    expect(await known.read()).toBe('v2')
    close.resolve()
    await writing
  })

  test('a generation that was lost belongs to whoever asks first, and the others find out', async () => {
    await old.write('v1')
    await next.read()
    await client.call('del', posts.generation)
    expect(await next.read()).toBe('v1')
    await old.write('v2')
    expect(await next.read()).toBe('v2')
  })

  test('what everybody understands leaves the dialects as they are', async () => {
    await next.write('v1')
    await next.readOther()
    await next.cache.invalidate(['post'])
    expect(await loads(next.readOther)).toBe(1)
    await next.write('v2')
    expect(await loads(next.readOther)).toBe(0)
    await old.write('v3')
    expect(await next.read()).toBe('v3')
  })
})

async function until(isSo: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setImmediate(resolve))
}

async function isMarked(client: TestClient, prefix: string): Promise<boolean> {
  return String(await client.call('get', createKeys(prefix).generation('post#1'))).includes('|')
}
