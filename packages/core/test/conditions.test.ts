import { held, settled } from '@freshet/testing'
import { beforeEach, describe, expect, test } from 'vitest'
import { Binding, engineOf, Observers, TransactionWrites } from '../src/adapter.js'
import type { Dependencies, Execution, ReadRequest, TransactionPlace } from '../src/adapter.js'
import {
  type Conditions,
  type RowCondition,
  type ShownRows,
  type ToldRows,
  withConditions,
} from '../src/conditions.js'
import { type Cache, createCache } from '../src/index.js'
import { autocommit } from '../src/tapped-writes.js'

interface Row {
  readonly id: number
  readonly stock: number | null
}

/** `stock < limit` */
const below = (limit: number): RowCondition => ({
  excludes: (valueOf) => {
    const stock = valueOf('stock')
    return stock === null || (typeof stock === 'number' && stock >= limit)
  },
})

/** Answers that are lists of products, and nothing else. */
const products: ShownRows = {
  areExcluded: (value, { table, condition }) =>
    table === 'product' &&
    (value as readonly Row[]).every((row) => condition.excludes((column) => row[column as keyof Row])),
}

let cache: Cache
let now: number
let rows: readonly Row[]
let loads: number

beforeEach(() => {
  now = 0
  cache = createCache({ jitter: 0, clock: { now: () => now, setTimer: () => () => undefined } })
  rows = [
    { id: 1, stock: 50 },
    { id: 2, stock: 7 },
  ]
  loads = 0
})

type Asked = Partial<Dependencies & Pick<ReadRequest, 'key' | 'policy'>>

async function isServed({ key = 'k', policy, ...own }: Asked = {}, of = cache): Promise<boolean> {
  const { reader, space, ...engine } = engineOf(of)!
  const before = loads
  const load = () => {
    loads++
    return rows
  }
  await reader.read({
    space,
    key,
    dependencies: { tags: ['product', 'product[]'], shown: products, ...own },
    policy: policy ?? engine.policy,
    load,
  })
  await settled()
  return loads === before
}

const conditions = (...some: readonly RowCondition[]): Conditions =>
  new Map([
    ['product', { table: 'product', changes: some.map((condition) => ({ condition, columns: undefined })) }],
  ])

function change(limit: number, tags: readonly string[] = ['product'], of = cache): void {
  const { writer, space } = engineOf(of)!
  void writer.invalidate(space, tags, 'update', conditions(below(limit)))
}

describe('an answer outlives a change of rows by a condition', () => {
  beforeEach(() => isServed())

  test('that none of the rows that it shows met', async () => {
    change(5)
    expect([await isServed(), await isServed()]).toEqual([true, true])
  })

  test('and not one that a row may have met', async () => {
    change(8)
    expect(await isServed()).toBe(false)
  })

  test('as often as it comes, whenever the answer is asked for', async () => {
    change(5)
    change(6)
    expect(await isServed()).toBe(true)
    change(7)
    change(8)
    expect(await isServed()).toBe(false)
  })

  test('and is asked of each once', async () => {
    let asked = 0
    const counting: ShownRows = { areExcluded: () => ++asked > 0 }
    change(5)
    for (let i = 0; i < 3; i++) expect(await isServed({ shown: counting })).toBe(true)
    change(5)
    expect(await isServed({ shown: counting })).toBe(true)
    expect(asked).toBe(2)
  })

  test('only if nothing else has changed any of its tags, before it or after it', async () => {
    change(5, ['product', 'product[]'])
    expect(await isServed()).toBe(false)
    change(5)
    await cache.invalidate(['product'])
    expect(await isServed()).toBe(false)
    await cache.invalidate(['product'])
    change(5)
    expect(await isServed()).toBe(false)
    change(5)
    await cache.clear()
    expect(await isServed()).toBe(false)
  })

  test('only if somebody knows what it shows', async () => {
    change(5)
    expect(await isServed({ shown: undefined })).toBe(false)
  })

  test('unless more have come than are remembered', async () => {
    for (let i = 0; i < 1024; i++) change(5)
    expect(await isServed()).toBe(true)
    for (let i = 0; i < 1025; i++) change(5)
    expect(await isServed()).toBe(false)
  })

  test('unless so many of other tags have come since', async () => {
    const { writer, space } = engineOf(cache)!
    const changeOther = (tag: number) =>
      void writer.invalidate(
        space,
        [`other${tag}`],
        'update',
        new Map([
          [`other${tag}`, { table: 'other', changes: [{ condition: below(5), columns: undefined }] }],
        ]),
      )
    // Tags with many changes lose some first ...
    change(5)
    for (let i = 0; i < 20_000; i++) changeOther(i % 20)
    expect(await isServed()).toBe(true)
    // ... and where none has many, those that changed long ago.
    change(5)
    for (let i = 0; i < 20_000; i++) {
      changeOther(i)
      if (i === 12_000) expect(await isServed()).toBe(false)
      if (i > 12_000 && i % 1000 === 0) change(5)
    }
    expect(await isServed()).toBe(true)
  })

  test('and does not once it has been loaded anew without having been asked', async () => {
    change(8)
    rows = [{ id: 2, stock: 57 }]
    expect(await isServed()).toBe(false)
    change(8)
    expect(await isServed()).toBe(true)
  })

  test('of a namespace around its own as well', async () => {
    const inner = cache.namespace('inner')
    await isServed({}, inner)
    change(5)
    expect(await isServed({}, inner)).toBe(true)
    change(8)
    expect(await isServed({}, inner)).toBe(false)
  })

  test('while the outcome of another write is not known, does not', async () => {
    const { writer, space } = engineOf(cache)!
    await writer.unknown(space, ['product'], new Error('lost'))
    change(5)
    now += 70_000
    expect(await isServed()).toBe(false)
  })

  test('with answers that share its tags, each for itself', async () => {
    const tags = ['product', 'product[]']
    rows = [{ id: 3, stock: 60 }]
    await isServed({ key: 'high', tags })
    rows = [{ id: 4, stock: 20 }]
    await isServed({ key: 'low', tags })
    change(30)
    expect([await isServed({ key: 'high', tags }), await isServed({ key: 'low', tags })]).toEqual([
      true,
      false,
    ])
  })
})

describe('an answer outlives a change of what could matter', () => {
  const told = { touched: () => [['7']], entering: () => [], after: () => undefined }
  const besides = (isBesides: NonNullable<ShownRows['isBesides']>): Asked => ({
    shown: { areExcluded: () => false, isBesides },
  })
  let tells: number

  function changeOthers(tags: readonly string[] = ['product[]']): void {
    const { writer, space } = engineOf(cache)!
    const changes = [{ condition: below(5), columns: undefined, tell: () => (tells++, told) }]
    const some = new Map(tags.map((tag) => [tag, { table: 'product', changes }]))
    void writer.invalidate(space, tags, 'insert', some)
  }

  beforeEach(async () => {
    tells = 0
    await isServed()
  })

  const toldOf = ({ told: one }: { readonly told?: ToldRows | undefined }) => [
    one?.touched(['id']),
    one?.entering(['id']),
    one?.after(['stock']),
  ]

  test('if its plan says so, which is asked with what the change tells', async () => {
    const asked: unknown[] = []
    changeOthers()
    const isFirst = besides((value, change) => asked.push([value, change.tag, toldOf(change)]) > 0)
    expect([await isServed(isFirst), await isServed(isFirst)]).toEqual([true, true])
    expect(asked).toEqual([[rows, 'product[]', toldOf({ told })]])
  })

  test('and not otherwise', async () => {
    changeOthers()
    expect(await isServed(besides(() => false))).toBe(false)
  })

  test('nor if nobody can tell', async () => {
    changeOthers()
    expect(await isServed({ shown: { areExcluded: () => true } })).toBe(false)
  })

  test('of each of its tags, each of which it is asked for', async () => {
    const tags: string[] = []
    changeOthers(['product[]', 'product'])
    expect(await isServed(besides((_value, { tag }) => tags.push(tag) > 0))).toBe(true)
    expect(tags).toEqual(['product', 'product[]'])
  })

  test('and the write is asked what it tells when it is told, and once for all of its tags', () => {
    changeOthers(['product[]', 'product'])
    expect(tells).toBe(1)
  })

  async function foundBeside(of = 'other'): Promise<unknown> {
    let found: unknown
    changeOthers()
    await isServed(
      besides((_value, _change, { find }) => (found = find(`${engineOf(cache)!.space.prefix}${of}`)) === 0),
    )
    return found
  }

  test('by what another answer says that could be served', async () => {
    await isServed({ key: 'other', tags: ['customer'] })
    expect(await foundBeside()).toEqual(rows)
    expect(await foundBeside('missing')).toBeUndefined()
  })

  test('but not by one that a write has stopped', async () => {
    await isServed({ key: 'other', tags: ['customer'] })
    await cache.invalidate(['customer'])
    expect(await foundBeside()).toBeUndefined()
  })

  test('nor by one that has expired', async () => {
    const { policy } = engineOf(cache)!
    await isServed({ key: 'other', tags: ['customer'], policy: { ...policy, ttlMs: 1000 } })
    now += 1001
    expect(await foundBeside()).toBeUndefined()
  })

  test('knowing what is being written, for whatever cache', async () => {
    const asked: boolean[] = []
    const ask = besides((_value, _change, { mayBeWritten }) => asked.push(mayBeWritten('product')) > 0)
    const sending = held<undefined>()
    const writing = createCache().write(['product'], () => sending.promise)
    await settled()
    changeOthers()
    await isServed(ask)
    sending.resolve(undefined)
    await writing
    changeOthers()
    await isServed(ask)
    expect(asked).toEqual([true, false])
  })
})

interface Statement {
  readonly sql: string
  readonly kind: 'write'
  readonly isSingle: true
  readonly unknownReason: undefined
}

/** `free` tells rows by a condition, `5` the row 5, `all` none, and everything else writes the table of its name. */
const statement = (sql: string): Execution<Statement> => ({
  statement: { sql, kind: 'write', isSingle: true, unknownReason: undefined },
  parameters: [],
})
const free = statement('free')
const byKey = statement('5')
const other = statement('customer')

describe('what is under way', () => {
  let place: TransactionPlace<Statement>
  let observers: Observers<Statement>

  function connect(): TransactionPlace<Statement> {
    observers = new Observers<Statement>()
    const tablesOf = ({ sql }: Statement) => (sql === 'customer' ? ['customer'] : ['product'])
    const known = {
      touchedBy: (written: Statement) => ({ tables: tablesOf(written) }),
      tagsOf: ({ statement: written }: Execution<Statement>) => {
        if (written.sql === 'free') return withConditions(['product~', 'product'], conditions(below(5)))
        if (written.sql === 'all') return ['product~', 'product']
        return written.sql === '5' ? ['product~', 'product#5'] : ['customer~', 'customer']
      },
    }
    const engine = engineOf(cache)!
    observers.add(new Binding({ engine, database: undefined, known: () => known, unknownTable: '' }))
    const joined = observers
    return {
      written: () => joined.written(),
      answerOf: () => undefined,
      outcomeOf: () => 'unknown',
      carriedOut: () => undefined,
    }
  }

  beforeEach(async () => {
    place = connect()
    await isServed()
  })

  const write = (execution: Execution<Statement>) => autocommit(place, execution, async () => undefined)
  const transaction = (of = place) => Object.assign(new TransactionWrites(of), { begun: true })
  const steps = { rollBack: async () => undefined, refused: async () => undefined }

  test('nothing leaves a change conditional', async () => {
    await write(free)
    expect(await isServed()).toBe(true)
  })

  test('a write whose commit has not been heard of makes the change one of all rows', async () => {
    const sending = held<undefined>()
    // In the database it may be done: what the condition was then held against is not what the answer shows.
    const writing = autocommit(place, byKey, () => sending.promise)
    await write(free)
    expect(await isServed()).toBe(false)
    sending.resolve(undefined)
    await writing
    await write(free)
    expect(await isServed()).toBe(true)
  })

  test('through another client as well', async () => {
    const sending = held<undefined>()
    const writing = autocommit(connect(), byKey, () => sending.promise)
    await write(free)
    expect(await isServed()).toBe(false)
    sending.resolve(undefined)
    await writing
  })

  test('but not of another table, nor for another cache', async () => {
    const sending = held<undefined>()
    const writings = [autocommit(place, other, () => sending.promise)]
    const own = cache
    cache = createCache()
    writings.push(autocommit(connect(), byKey, () => sending.promise))
    cache = own
    await write(free)
    expect(await isServed()).toBe(true)
    sending.resolve(undefined)
    await Promise.all(writings)
  })

  test('as is a transaction that has written, until it has ended', async () => {
    const open = transaction()
    await write(free)
    expect(await isServed()).toBe(true)
    await open.write(byKey, async () => undefined)
    await write(free)
    expect(await isServed()).toBe(false)
    await open.commit(async () => undefined, steps)
    await write(free)
    expect(await isServed()).toBe(true)
  })

  test('or been rolled back', async () => {
    const open = transaction()
    await open.write(byKey, async () => undefined)
    await open.rollBack(async () => undefined, { ...steps, mayBeOutrun: () => false })
    await write(free)
    expect(await isServed()).toBe(true)
  })

  test('as is one whose statement has not been answered', async () => {
    const sending = held<undefined>()
    const open = transaction()
    const writing = open.write(byKey, () => sending.promise)
    await write(free)
    expect(await isServed()).toBe(false)
    sending.resolve(undefined)
    await writing
  })

  test('as is what is written by hand', async () => {
    const sending = held<undefined>()
    const writing = cache.write(['customer'], () => sending.promise)
    await settled()
    await write(free)
    expect(await isServed()).toBe(false)
    sending.resolve(undefined)
    await writing
    await write(free)
    expect(await isServed()).toBe(true)
  })

  test('a transaction keeps what is certain of its own statements, and of all of them', async () => {
    const one = transaction()
    await one.write(free, async () => undefined)
    await one.write(byKey, async () => undefined)
    await one.write(other, async () => undefined)
    await one.commit(async () => undefined, steps)
    expect(await isServed()).toBe(true)
  })

  test('nothing is certain of one of which a statement was lost, or that may have ended', async () => {
    const lost = transaction()
    await lost.write(free, async () => undefined)
    await expect(lost.write(other, () => Promise.reject(new Error('lost')))).rejects.toThrow('lost')
    await lost.commit(async () => undefined, steps)
    expect(await isServed()).toBe(false)
    const ended = transaction()
    await ended.write(free, async () => undefined)
    ended.mayHaveEnded = true
    await ended.commit(async () => undefined, steps)
    expect(await isServed()).toBe(false)
  })

  test('nothing is certain of what is told again', async () => {
    const written = place.written()
    written.add(free, {})
    const again = place.written()
    again.addAll(written)
    written.clear()
    await again.invalidate('again', true)
    expect(await isServed()).toBe(false)
  })

  test('nothing is certain where another statement may have concerned any row', async () => {
    const open = transaction()
    await open.write(free, async () => undefined)
    await open.write(statement('all'), async () => undefined)
    await open.commit(async () => undefined, steps)
    expect(await isServed()).toBe(false)
  })
})
