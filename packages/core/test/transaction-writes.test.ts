import { held } from '@freshet/testing'
import { beforeEach, describe, expect, test } from 'vitest'
import { Binding } from '../src/binding.js'
import { createCache } from '../src/create-cache.js'
import { engineOf } from '../src/engine.js'
import type { Execution } from '../src/execution.js'
import type { Outcome } from '../src/outcome.js'
import { autocommit } from '../src/tapped-writes.js'
import type { TransactionPlace } from '../src/transaction-writes.js'
import { TransactionWrites } from '../src/transaction-writes.js'
import { Observers } from '../src/observers.js'

// The rules of writes, whatever the database: what is sent is a promise that the test holds.

interface Statement {
  readonly sql: string
  readonly kind: 'write' | 'read'
  readonly isSingle: boolean
  readonly unknownReason: undefined
}

/** Writes the table of its own name. */
const writing = (table: string, isSingle = true): Execution<Statement> => ({
  statement: { sql: table, kind: 'write', isSingle, unknownReason: undefined },
  parameters: [],
})

class Rejection extends Error {
  readonly outcome: Outcome

  constructor(outcome: Outcome) {
    super(outcome)
    this.outcome = outcome
  }
}

let told: string[]
let carriedOut: string[]
let isWithOthers: boolean
let place: TransactionPlace<Statement>
let transaction: TransactionWrites<Statement>
let fill: (table: string) => Promise<void>
let status: (table: string) => Promise<string>

beforeEach(() => {
  told = []
  carriedOut = []
  isWithOthers = false
  const cache = createCache({ clock: { now: () => 0, setTimer: () => () => undefined } })
  cache.on('invalidate', ({ tags, source }) => void told.push(`${tags[0]} by ${source}`))
  const observers = new Observers<Statement>()
  const known = { touchedBy: ({ sql }: Statement) => ({ tables: [sql] }) }
  const engine = engineOf(cache)!
  observers.add(new Binding({ engine, database: undefined, known: () => known, unknownTable: '' }))
  place = {
    written: () => observers.written(),
    answerOf: () => undefined,
    outcomeOf: (error) => (error as Rejection).outcome,
    carriedOut: ({ statement }) => void carriedOut.push(statement.sql),
    isWithOthers: () => isWithOthers,
  }
  transaction = new TransactionWrites(place)
  transaction.begun = true
  fill = async (table) => void (await cache.getOrSet(table, () => 'value', { tags: [table] }))
  status = async (table) => {
    let reason = 'hit'
    const forget = [
      cache.on('miss', (event) => (reason = `miss: ${event.reason}`)),
      cache.on('bypass', (event) => (reason = `bypass: ${event.reason}`)),
    ]
    await fill(table)
    for (const stop of forget) stop()
    return reason
  }
})

const answered = () => Promise.resolve('answer')
const rejected = (outcome: Outcome) => () => Promise.reject(new Rejection(outcome))
const quietly = (promise: Promise<unknown>) => promise.catch(() => undefined)
const commitSteps = { rollBack: () => Promise.resolve(), refused: () => Promise.resolve() }
const rollbackSteps = { mayBeOutrun: () => false, refused: () => Promise.resolve() }

describe('a write of its own', () => {
  test('is acknowledged when it is invalidated', async () => {
    await expect(autocommit(place, writing('a'), answered)).resolves.toBe('answer')
    expect(told).toEqual(['a by a'])
    expect(carriedOut).toEqual(['a'])
  })

  test.each<[Outcome, boolean, string[], string]>([
    ['nothing', true, [], 'hit'],
    ['nothing', false, ['a by a statement that failed half-way'], 'miss'],
    ['settled', true, ['a by a statement that failed half-way'], 'miss'],
    ['unknown', true, ['a by unknown outcome'], 'bypass: held'],
  ])('that is rejected with %s (one statement: %s) tells %j', async (outcome, isSingle, expected, after) => {
    await fill('a')
    const send = rejected(outcome)
    await expect(autocommit(place, writing('a', isSingle), send)).rejects.toThrow(outcome)
    expect(told).toEqual(expected)
    expect(carriedOut).toEqual([])
    expect(await status('a')).toContain(after)
  })
})

describe('a transaction', () => {
  test('tells what it wrote at its commit, and before that is acknowledged', async () => {
    await transaction.write(writing('a'), answered)
    await transaction.write(writing('b'), answered)
    expect(told).toEqual([])
    const commit = held<string>()
    const committed = transaction.commit(() => commit.promise, commitSteps)
    expect(told).toEqual([])
    commit.resolve('done')
    await expect(committed).resolves.toBe('done')
    expect(told).toEqual(['a by a transaction'])
    expect(await status('a')).not.toBe('hit')
  })

  test('tells nothing when it is rolled back', async () => {
    await transaction.write(writing('a'), answered)
    await transaction.rollBack(answered, rollbackSteps)
    expect(told).toEqual([])
  })

  test.each<[string, () => void]>([
    ['something may have outrun it', () => undefined],
    ['nobody knows whether it began', () => (transaction.begun = false)],
    ['a statement of it is in doubt', () => (transaction.inDoubt = true)],
  ])('tells what it wrote when it is rolled back and %s', async (reason, prepare) => {
    await transaction.write(writing('a'), answered)
    prepare()
    const mayBeOutrun = () => reason.startsWith('something')
    await transaction.rollBack(answered, { ...rollbackSteps, mayBeOutrun })
    expect(told).toEqual(['a by a rollback that something may have outrun'])
  })

  test('that may have ended tells each write by itself, and all again at its end', async () => {
    transaction.mayHaveEnded = true
    await transaction.write(writing('a'), answered)
    expect(told).toEqual(['a by a'])
    await transaction.commit(answered, commitSteps)
    expect(told).toEqual(['a by a', 'a by a transaction'])
  })

  test('that ends by a statement of it tells what came before, even if that is refused', async () => {
    await transaction.write(writing('a'), answered)
    await quietly(transaction.writeAndEnd(writing('b'), rejected('nothing')))
    expect(told).toEqual(['a by a statement that ends its transaction'])
    expect(transaction.holdsWrites).toBe(false)
    await quietly(transaction.writeAndEnd(writing('b'), rejected('unknown')))
    expect(await status('b')).toBe('bypass: held')
  })
})

describe('a statement that is under way when its transaction ends', () => {
  const ends: readonly (readonly [string, () => Promise<unknown>])[] = [
    ['COMMIT', () => transaction.commit(answered, commitSteps)],
    ['ROLLBACK', () => transaction.rollBack(answered, rollbackSteps)],
  ]

  test.each(ends)('is told again: %s', async (_, end) => {
    const answer = held<string>()
    const write = transaction.write(writing('a'), () => answer.promise)
    await end()
    told.length = 0
    answer.resolve('late')
    await expect(write).resolves.toBe('late')
    expect(told).toEqual(['a by a statement that was under way when its transaction ended'])
    expect(carriedOut).toEqual(['a'])
  })

  test.each(ends)('is held if the connection is with others by then: %s', async (_, end) => {
    const answer = held<string>()
    const write = transaction.write(writing('a'), () => answer.promise)
    await end()
    isWithOthers = true
    answer.resolve('late')
    await write
    expect(await status('a')).toBe('bypass: held')
  })

  test.each(ends)('is held if nobody knows what became of it: %s', async (_, end) => {
    const answer = held<string>()
    const write = transaction.write(writing('a'), () => answer.promise)
    await end()
    answer.reject(new Rejection('unknown'))
    await quietly(write)
    expect(await status('a')).toBe('bypass: held')
  })
})

describe('a statement that comes after the end was asked for', () => {
  test('is told by itself, and again when the end is answered', async () => {
    const commit = held<string>()
    const committed = transaction.commit(() => commit.promise, commitSteps)
    await transaction.writeLate(writing('a'), answered)
    expect(told).toEqual(['a by a'])
    commit.resolve('done')
    await committed
    expect(told).toContain('a by a late statement')
  })

  test('is told again when the end is refused', async () => {
    const commit = held<string>()
    const committed = transaction.commit(() => commit.promise, commitSteps)
    await transaction.writeLate(writing('a'), answered)
    commit.reject(new Rejection('nothing'))
    await quietly(committed)
    expect(told).toEqual(['a by a', 'a by a late statement'])
  })

  test('is told again when a rollback is answered', async () => {
    const rollback = held<string>()
    const rolledBack = transaction.rollBack(() => rollback.promise, rollbackSteps)
    await transaction.writeLate(writing('a'), answered)
    rollback.resolve('done')
    await rolledBack
    expect(told).toEqual(['a by a', 'a by a late statement'])
  })

  test('is held if the connection is with others by then', async () => {
    await transaction.commit(answered, commitSteps)
    isWithOthers = true
    await transaction.writeLate(writing('a'), answered)
    expect(await status('a')).toBe('bypass: held')
  })
})

test('what it wrote is held when nobody knows how a transaction ended', async () => {
  await transaction.write(writing('a'), answered)
  const steps = { ...rollbackSteps, refused: (error: unknown) => transaction.leaveUnknown(error) }
  await quietly(transaction.rollBack(rejected('unknown'), steps))
  expect(await status('a')).toBe('bypass: held')
})
