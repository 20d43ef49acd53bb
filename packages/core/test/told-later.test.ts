import { beforeEach, describe, expect, test } from 'vitest'
import { Binding, engineOf, Observers } from '../src/adapter.js'
import type { KnownTables } from '../src/binding.js'
import { prepareCopy } from '../src/clone.js'
import { withConditions } from '../src/conditions.js'
import type { Execution, StatementAnswer, TappedStatement } from '../src/execution.js'
import type { Cache } from '../src/index.js'
import { createCache } from '../src/index.js'
import { lastingValues } from '../src/lasting-values.js'
import { memoryStore } from '../src/memory-store.js'
import { createSpace } from '../src/space.js'
import type { StoreContext, Vector } from '../src/store.js'
import type { TappedPlace } from '../src/tapped-writes.js'
import { autocommit } from '../src/tapped-writes.js'

const statement: TappedStatement = {
  sql: 'UPDATE post SET title = $1 WHERE id = $2 RETURNING id',
  kind: 'write',
  isSingle: true,
  unknownReason: undefined,
}
const update = (...parameters: unknown[]): Execution<TappedStatement> => ({ statement, parameters })
const answered = async <T>(value: T): Promise<T> =>
  await new Promise((resolve) => setImmediate(() => resolve(value)))

let asked: string[]
let cache: Cache
let known: KnownTables<TappedStatement>
let place: TappedPlace<TappedStatement>

/** Tells the row that was returned, or named by the second value. */
const tables = (name: string): KnownTables<TappedStatement> => ({
  touchedBy: () => ({ tables: [name] }),
  prepare: () => ({ whole: undefined }),
  tagsOf({ parameters }, answer) {
    const [row] = (answer?.returned ?? []) as readonly { readonly id?: unknown }[]
    const id = String(row?.id ?? parameters?.[1])
    asked.push(id)
    return [`${name}~`, `${name}#${id}`]
  },
})

beforeEach(() => {
  asked = []
  cache = createCache()
  known = tables('post')
  const observers = new Observers<TappedStatement>()
  observers.add(
    new Binding<TappedStatement>({
      engine: engineOf(cache)!,
      database: undefined,
      known: () => known,
      unknownTable: '',
    }),
  )
  place = {
    written: () => observers.written(),
    answerOf: (result) => result as StatementAnswer,
    outcomeOf: () => 'unknown',
    carriedOut: () => undefined,
  }
})

const write = (execution: Execution<TappedStatement>, answer: StatementAnswer = {}) =>
  autocommit(place, execution, () => answered(answer))

const isFound = async (key: string): Promise<boolean> => await cache.has(key)

describe('a write whose answer tells what it wrote', () => {
  beforeEach(async () => {
    await cache.set('seven', 7, { tags: ['post#7'] })
    await cache.set('eight', 8, { tags: ['post#8'] })
  })

  test('is asked what it wrote when somebody looks', async () => {
    await write(update('Hello', 7))
    expect(asked).toEqual([])
    expect(await isFound('seven')).toBe(false)
    expect(await isFound('eight')).toBe(true)
    expect(asked).toEqual(['7'])
    expect(cache.stats().invalidations).toBe(1)
  })

  test('is asked by values that nobody has changed meanwhile', async () => {
    const parameters = ['Hello', 7]
    await write({ statement, parameters })
    parameters[1] = 8
    expect([await isFound('seven'), await isFound('eight')]).toEqual([false, true])
    const row = { id: 8 }
    await write(update('Hello', 7), { returned: [row] })
    row.id = 7
    expect(await isFound('eight')).toBe(false)
  })

  test.each([
    ['a value that can change itself', [new Date(0), 7], {}],
    ['a row with one', ['Hello', 7], { returned: [{ id: 7, at: new Date(0) }] }],
    ['several rows', ['Hello', 7], { returned: [{ id: 7 }, { id: 8 }] }],
    ['a key that is one', ['Hello', 7], { generatedKey: Buffer.from('7') }],
  ])('is asked at once, with %s', async (_, parameters, answer) => {
    await write(update(...parameters), answer)
    expect(asked).toEqual(['7'])
    expect(await isFound('seven')).toBe(false)
  })

  test('is asked at once while another write is under way, which may be done or not', async () => {
    let answer!: (value: StatementAnswer) => void
    const other = autocommit(place, update('Hello', 8), () => new Promise((resolve) => (answer = resolve)))
    await write(update('Hello', 7))
    expect(asked).toEqual(['7'])
    answer({})
    await other
    asked = []
    const transaction = place.written()
    transaction.sent(update('Hello', 8))
    await write(update('Hello', 7))
    expect(asked).toContain('7')
    transaction.clear()
    expect([await isFound('seven'), await isFound('eight')]).toEqual([false, false])
  })

  test.each(['invalidate', 'widened'] as const)(
    'is asked at once if somebody listens to %s',
    async (event) => {
      cache.on(event, () => undefined)
      await write(update('Hello', 7))
      expect(asked).toEqual(['7'])
    },
  )

  test('is told of the tables as they were known when it was answered', async () => {
    await write(update('Hello', 7))
    known = tables('others')
    expect(await isFound('seven')).toBe(false)
  })

  test('is everything if its tags cannot be made', async () => {
    const failures: string[] = []
    cache.on('failure', ({ action }) => failures.push(action))
    known = {
      ...known,
      tagsOf: () => {
        throw new Error('no')
      },
    }
    await write(update('Hello', 7))
    expect([await isFound('seven'), await isFound('eight')]).toEqual([false, false])
    expect(failures).toEqual(['analyse'])
  })

  test('says of its rows what is certain, as one that is told at once', () => {
    const space = createSpace(undefined)
    const store = memoryStore()({ now: () => 0 } as StoreContext)
    const shown = { areExcluded: (value: unknown) => value === 'another row' }
    for (const value of ['another row', 'this row'])
      void store.put(
        space,
        value,
        {
          copy: prepareCopy(value)!,
          tags: ['post'],
          storedAt: 0,
          expiresAt: 1_000,
          keepUntil: 1_000,
          loadMs: 1,
          byHand: false,
          compression: undefined,
          shown,
        },
        store.snapshot(space, ['post']) as Vector,
      )
    const changes = [{ condition: { excludes: () => false }, columns: ['title'] }]
    store.bumpLater!(space, () => withConditions(['post'], new Map([['post', { table: 'post', changes }]])))
    const found = (key: string) =>
      (store.lookup(space, key, { tags: ['post'], shown }) as { readonly status: string }).status
    expect([found('another row'), found('this row')]).toEqual(['found', 'absent'])
  })
})

describe('values that last', () => {
  test('are those of one row that nobody can change', () => {
    const parameters = ['a', 1, 1n, null, undefined, true]
    const row = ['7', null]
    const answer = { returned: [row], affected: 1 }
    const lasting = lastingValues({ statement, parameters }, answer)!
    expect(lasting).toEqual({ execution: { statement, parameters }, answer })
    expect(lasting.execution.parameters).not.toBe(parameters)
    expect(lasting.answer.returned![0]).not.toBe(row)
  })

  test('are not known where the values are not a list', () => {
    expect(lastingValues({ statement, parameters: undefined }, {})).toMatchObject({ answer: {} })
    const named = { id: 7 } as unknown as readonly unknown[]
    expect(lastingValues({ statement, parameters: named }, {})).toBeUndefined()
    expect(lastingValues(update(), { returned: ['7'] })).toBeUndefined()
  })

  test('are few', () => {
    const many = Array.from({ length: 65 }, (_, index) => index)
    expect(lastingValues(update(...many), {})).toBeUndefined()
    expect(lastingValues(update(), { returned: [many] })).toBeUndefined()
    const fields = Object.fromEntries(many.map((value) => [`c${value}`, value]))
    expect(lastingValues(update(), { returned: [fields] })).toBeUndefined()
  })
})
