import { Decimal } from '@prisma/client-runtime-utils'
import { createCache } from '../../src/create-cache.js'
import type { SeenSet, ShownRows, TrackedRow } from '../../src/conditions.js'
import { engineOf } from '../../src/engine.js'
import { memoryStore } from '../../src/memory-store.js'
import { tagTexts } from '../../src/precision/tag-texts.js'
import type { ReadRequest } from '../../src/read-request.js'
import { createSpace } from '../../src/space.js'

/*
 * Fills memory stores with what applications cache, and prints by what the process has grown.
 *
 * node --expose-gc --import tsx --conditions=@freshet/source test/support/growth.ts ['small rows']
 */

/** What is put into a store under one key. */
interface Shape {
  readonly count: number
  /** How many there were before. Default 100. */
  readonly before?: number
  /** What the store has room for. Default: so many. */
  readonly maxEntries?: number
  readonly value: (i: number) => unknown
  readonly key?: (i: number) => unknown
  readonly tags?: (i: number) => readonly string[]
  /** Told by the answer. */
  readonly late?: (i: number) => readonly string[]
  /** Told by the answer as well: what is kept beside it. */
  readonly tracked?: (value: unknown) => readonly TrackedRow[]
  readonly seenSets?: (value: unknown) => readonly SeenSet[]
  /** Default: that of the cache. */
  readonly namespace?: (i: number) => string
}

// As a driver makes it: every text is one of its own, and none is glued together of others.
const text = (value: string) => Buffer.from(value, 'utf16le').toString('utf16le')
const latin = (value: string) => Buffer.from(value, 'latin1').toString('latin1')

const small = (i: number) => ({
  id: i,
  email: latin(`person${i}@example.com`),
  name: latin(`Person number ${i}`),
  active: i % 2 === 0,
  score: i * 1.25 + 0.1,
})
const post = (i: number) => ({
  id: i,
  title: latin(`The title of post ${i}`),
  body: latin(`Some words that are the body of post ${i}, long enough to look like one.`),
  published: true,
  createdAt: new Date(1_700_000_000_000 + i),
  authorId: i % 100,
})
const wide = (i: number) =>
  Object.fromEntries(
    Array.from({ length: 40 }, (_, n) => [
      `column${n}`,
      n % 4 === 0 ? latin(`text ${n} of row ${i}`) : i * n,
    ]),
  )
const times = <T>(length: number, make: (n: number) => T): T[] => Array.from({ length }, (_, n) => make(n))

const people = { texts: tagTexts('', 'User'), rowKey: { columns: ['id'] } }
type Person = ReturnType<typeof small>

// Keys in their normal form are made of each answer.
const trackedPerson = ({ id }: Person): TrackedRow => ({
  table: people,
  key: [latin(String(id))],
  values: [
    ['stock', BigInt(id) + 5n],
    ['visits', BigInt(id) * 3n],
  ],
})
const seenPeople = (rows: readonly Person[]): SeenSet => ({
  table: people,
  key: ['teamId'],
  values: [latin(String(rows[0]!.id))],
  rows: rows.map(
    ({ id, email }) =>
      new Map<string, unknown>([
        ['id', id],
        ['email', email],
        ['teamId', rows[0]!.id],
      ]),
  ),
  normal: (_column, value) => String(value),
})

const shapes: Readonly<Record<string, Shape>> = {
  'numbers without tags': { count: 12_000, value: (i) => i },
  // Beyond a tenth of the entries these are kept in another way, and the room for entries is there all the same.
  'nothing found': {
    count: 60_000,
    before: 6_000,
    maxEntries: 1_000,
    value: () => null,
    tags: () => ['User'],
  },
  'small rows': { count: 6_000, value: small, tags: () => ['User'] },
  'small rows, keys of objects': {
    count: 6_000,
    value: small,
    key: (i) => ({ where: { id: i }, select: { id: true, email: true, name: true } }),
    tags: () => ['User', 'Team'],
  },
  'rows built field by field': {
    count: 6_000,
    value: (i) => {
      const row: Record<string, unknown> = {}
      for (const [name, field] of Object.entries(post(i))) row[name] = field
      return row
    },
    tags: () => ['Post'],
  },
  'wide rows': { count: 3_000, value: wide, tags: () => ['User'] },
  'lists of rows': { count: 1_000, value: (i) => times(20, (n) => small(i * 20 + n)), tags: () => ['User'] },
  'rows with relations': {
    count: 500,
    value: (i) =>
      times(20, (n) => ({ ...post(i * 20 + n), author: small(n), tags: [latin(`t${n}`), latin('b' + i)] })),
    tags: () => ['Post', 'User', 'Tag'],
  },
  'texts of one byte': { count: 3_000, value: (i) => ({ id: i, body: latin(`${i} `.padEnd(1_000, 'x')) }) },
  'texts of two bytes': { count: 3_000, value: (i) => ({ id: i, body: text(`${i} `.padEnd(1_000, 'ж')) }) },
  dates: { count: 3_000, value: (i) => ({ id: i, at: times(20, (n) => new Date(1e12 + i * 1_000 + n)) }) },
  'small buffers': { count: 12_000, value: (i) => ({ id: i, bytes: Buffer.alloc(32, i) }) },
  'large buffers': { count: 400, value: (i) => ({ id: i, bytes: Buffer.alloc(50_000, i) }) },
  bigints: { count: 6_000, value: (i) => times(20, (n) => BigInt(i) * 10n ** 12n + BigInt(n)) },
  decimals: { count: 3_000, value: (i) => times(10, (n) => ({ id: n, price: new Decimal(`${i}.${n}5`) })) },
  'documents of JSON': {
    count: 12_000,
    value: (i) => ({
      id: i,
      data: { a: { b: [1, 2, { c: latin(`x${i}`) }] }, tags: [latin(`t${i}`), latin(`u${i}`)] },
    }),
  },
  // V8 makes hidden classes of the first ones.
  dictionaries: {
    before: 2_000,
    count: 1_000,
    value: (i) => Object.fromEntries(times(40, (n) => [latin(`key ${n} of ${i}`), n + i])),
  },
  'dictionaries, parsed': {
    before: 2_000,
    count: 1_000,
    value: (i) => JSON.parse(JSON.stringify(Object.fromEntries(times(30, (n) => [`k${n}-${i}`, n + i])))),
  },
  'large dictionaries': {
    count: 200,
    value: (i) => Object.fromEntries(times(300, (n) => [latin(`key ${n} of ${i}`), n + i])),
  },
  'dictionaries by number': {
    count: 1_000,
    value: (i) => Object.fromEntries(times(40, (n) => [i * 1_000 + n * 7, n + i])),
  },
  maps: { count: 3_000, value: (i) => new Map(times(20, (n) => [n, n + i])) },
  'a tag of its own each': { count: 6_000, value: small, tags: (i) => ['User', `User#${i}`] },
  'lists with row tags of their own': {
    count: 400,
    value: (i) => times(20, (n) => small(i * 20 + n)),
    tags: () => ['User'],
    late: (i) => times(20, (n) => `User#${i * 20 + n}`),
  },
  'lists with row tags in common': {
    count: 3_000,
    value: (i) => times(20, (n) => small(i + n)),
    tags: () => ['User'],
    late: (i) => times(20, (n) => `User#${(i * 7 + n) % 500}`),
  },
  'rows that are tracked': {
    count: 6_000,
    value: small,
    tags: () => ['User'],
    tracked: (value) => [trackedPerson(value as Person)],
  },
  'lists of rows that are tracked': {
    count: 490,
    value: (i) => times(20, (n) => small(i * 20 + n)),
    tags: () => ['User'],
    tracked: (value) => (value as Person[]).map(trackedPerson),
  },
  'rows that are tracked in many namespaces': {
    count: 2_000,
    value: small,
    tags: () => ['User'],
    tracked: (value) => [trackedPerson(value as Person)],
    namespace: (i) => latin(`tenant${i}`),
  },
  'sets that are seen': {
    count: 4_000,
    value: (i) => times(5, (n) => small(i * 5 + n)),
    tags: () => ['User'],
    seenSets: (value) => [seenPeople(value as Person[])],
  },
  'small sets that are seen': {
    count: 5_000,
    value: (i) => [i],
    tags: () => ['User'],
    seenSets: (value) => [seenPeople([{ ...small(0), id: (value as number[])[0]!, email: '' }])],
  },
  'long keys of two bytes': { count: 3_000, value: (i) => i, key: (i) => text(`${i} `.padEnd(300, 'ж')) },
}

function used(): number {
  globalThis.gc!()
  globalThis.gc!()
  const { heapUsed, external } = process.memoryUsage()
  // `arrayBuffers` is part of `external`.
  return heapUsed + external
}

// What is let go is collected later, and would be taken for a shrinking of the next.
const kept: unknown[] = []

async function fill(shape: Shape, from: number) {
  const { count, maxEntries = count, value, key = (i) => latin(`entry:${i}`), tags } = shape
  const cache = createCache({ store: memoryStore({ maxEntries, maxBytes: 2 ** 30 }) })
  kept.push(cache)
  const isPlain = shape.late === undefined && shape.tracked === undefined && shape.seenSets === undefined
  for (let i = from; i < from + count; i++) {
    if (isPlain) await cache.getOrSet(key(i), () => value(i), tags === undefined ? {} : { tags: tags(i) })
    else await readAsAdapters(cache, latin(`s:entry:${i}`), shape, i)
    if (i % 1_000 === 0) await new Promise(setImmediate)
  }
  return cache.stats()
}

/** What every cache takes, however little is in it: lists of what it learns of keys, bounded and made at once. */
async function emptyCacheBytes(): Promise<number> {
  const before = used()
  const count = 20
  for (let i = 0; i < count; i++) await fill({ count: 1, value: () => null, tags: () => ['User'] }, i)
  return (used() - before) / count
}

async function grow(shape: Shape, empty: number) {
  const before = used()
  const { entries, bytes } = await fill(shape, 0)
  const grown = used() - before - empty
  if (entries < shape.count) throw new Error(`Only ${entries} of ${shape.count} entries are there.`)
  return { grown: Math.round(grown / entries), said: Math.round(bytes / entries) }
}

async function readAsAdapters(
  cache: ReturnType<typeof createCache>,
  key: string,
  { value, tags, late, tracked, seenSets, namespace }: Shape,
  i: number,
): Promise<void> {
  const { reader, space, policy } = engineOf(cache)!
  const shown: ShownRows = {
    areExcluded: () => false,
    ...(tracked && { tracked }),
    ...(seenSets && { seenSets }),
  }
  const request: ReadRequest = {
    space: namespace === undefined ? space : createSpace(namespace(i)),
    key,
    dependencies: {
      tags: tags!(i),
      late: late && { clocks: ['User~'], of: () => late(i) },
      shown: tracked === undefined && seenSets === undefined ? undefined : shown,
    },
    policy,
    load: () => value(i),
  }
  await reader.read(request)
}

/** Bytes of one entry: what the process has grown by, and what the store says. */
export interface Growth {
  readonly shape: string
  readonly grown: number
  readonly said: number
}

const only = process.argv[2]
const wanted = Object.entries(shapes).filter(([name]) => only === undefined || name === only)
// What is compiled and learnt once stays.
for (const [, shape] of wanted) await fill({ ...shape, count: shape.before ?? 100 }, 1_000_000)
const empty = await emptyCacheBytes()
for (const [name, shape] of wanted)
  process.stdout.write(`${JSON.stringify({ shape: name, ...(await grow(shape, empty)) } satisfies Growth)}\n`)
