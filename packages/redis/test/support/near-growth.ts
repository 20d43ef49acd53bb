import { createCache } from '@freshet/core'
import { Redis } from 'ioredis'
import { redisStore } from '../../src/index.js'

/*
 * Fills near copies with what applications cache, and prints by what the process has grown.
 *
 * node --expose-gc --import tsx --conditions=@freshet/source test/support/near-growth.ts redis://localhost ['small rows']
 */

/** What is read under one key. */
interface Shape {
  readonly count: number
  readonly value: (i: number) => unknown
  readonly tags?: (i: number) => readonly string[]
}

// As a driver makes it: every text is one of its own.
const latin = (value: string) => Buffer.from(value, 'latin1').toString('latin1')
const times = <T>(length: number, make: (n: number) => T): T[] => Array.from({ length }, (_, n) => make(n))

const small = (i: number) => ({
  id: i,
  email: latin(`person${i}@example.com`),
  name: latin(`Person number ${i}`),
  active: i % 2 === 0,
  score: i * 1.25 + 0.1,
})

const shapes: Readonly<Record<string, Shape>> = {
  numbers: { count: 8_000, value: (i) => i },
  'small rows': { count: 6_000, value: small, tags: () => ['User'] },
  'small rows with several tags': { count: 6_000, value: small, tags: () => ['User', 'Team', 'Post'] },
  'a tag of its own each': { count: 6_000, value: small, tags: (i) => ['User', `User#${i}`] },
  'lists of rows': { count: 1_000, value: (i) => times(20, (n) => small(i * 20 + n)), tags: () => ['User'] },
  texts: { count: 3_000, value: (i) => ({ id: i, body: latin(`${i} `.padEnd(1_000, 'x')) }) },
  dates: { count: 3_000, value: (i) => ({ id: i, at: times(20, (n) => new Date(1e12 + i * 1_000 + n)) }) },
  buffers: { count: 1_000, value: (i) => ({ id: i, bytes: Buffer.alloc(5_000, i) }) },
}

function used(): number {
  globalThis.gc!()
  globalThis.gc!()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

const client = new Redis(process.argv[2]!)
await client.ping()
// What is let go is collected later, and would be taken for a shrinking of the next.
const kept: unknown[] = []
let prefixes = 0
const together = 50

/** Read once to be stored, and once more by another cache, whose copies come out of Redis. */
async function fill({ count, value, tags }: Shape, isFetched: boolean) {
  const prefix = `growth:${process.pid}:${prefixes++}:`
  const open = () => {
    const store = redisStore(client, { prefix, advice: false })
    return createCache({ store, near: { maxEntries: count, maxBytes: 2 ** 30 }, ttl: '1h' })
  }
  const read = async (cache: ReturnType<typeof open>) => {
    for (let from = 0; from < count; from += together) {
      const options = (i: number) => (tags === undefined ? {} : { tags: tags(i) })
      await Promise.all(
        times(Math.min(together, count - from), async (n) => {
          await cache.getOrSet(latin(`entry:${from + n}`), () => value(from + n), options(from + n))
        }),
      )
      await new Promise(setImmediate)
      await cache.settled()
    }
  }
  const first = open()
  if (isFetched) {
    await read(first)
    await first.close()
  }
  const before = used()
  const cache = isFetched ? open() : first
  kept.push(cache)
  await read(cache)
  const grown = used() - before
  const { entries, bytes, loads } = cache.stats()
  if (entries < count || loads !== (isFetched ? 0 : count))
    throw new Error(`${entries} of ${count} are there, and ${loads} were loaded.`)
  return { grown: Math.round(grown / entries), said: Math.round(bytes / entries) }
}

/** Bytes of one entry: what the process has grown by, and what the cache says. */
export interface Growth {
  readonly shape: string
  readonly grown: number
  readonly said: number
}

const only = process.argv[3]
for (const [name, shape] of Object.entries(shapes)) {
  if (only !== undefined && name !== only) continue
  for (const isFetched of [false, true]) {
    // What is compiled and learnt once stays.
    await fill({ ...shape, count: 500 }, isFetched)
    const growth: Growth = {
      shape: isFetched ? `${name}, fetched` : `${name}, loaded`,
      ...(await fill(shape, isFetched)),
    }
    process.stdout.write(`${JSON.stringify(growth)}\n`)
  }
}
client.disconnect()
