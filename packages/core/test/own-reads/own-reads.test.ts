import { held } from '@freshet/testing'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { describeEachRule } from '../../../../test/copies/each-rule.js'
import { allOf, copyWithout } from '../../../../test/copies/copy-without.js'
import { withConditions, type Conditions } from '../../src/conditions.js'
import type { Execution } from '../../src/execution.js'
import { Observers } from '../../src/observers.js'
import { withOwnReads } from '../../src/own-reads.js'
import { movedByItself } from '../../src/precision/besides.js'
import { tagTexts } from '../../src/precision/tag-texts.js'
import { TransactionWrites } from '../../src/transaction-writes.js'
import { cases } from './cases.js'
import { mutants } from './mutants.js'

vi.setConfig({ testTimeout: 60_000 })
const sources = new URL('../../src/', import.meta.url)

describe('a transaction that reads what it has written tells', () => {
  it.each(Object.entries(cases))('%s', (_about, [expected, run]) => {
    expect(run(withOwnReads)).toEqual(expected)
  })
})

describeEachRule('a case fails without the rule that', sources, mutants, async (mutant) => {
  const copy = await copyWithout<{ withOwnReads: typeof withOwnReads }>(
    { folder: sources, entry: allOf(sources, ['own-reads']) },
    mutant,
  )
  const answer = (run: (withReads: typeof withOwnReads) => unknown) => {
    try {
      return JSON.stringify(run(copy.withOwnReads))
    } catch {
      return 'failed'
    }
  }
  return Object.values(cases).some(([expected, run]) => answer(run) !== JSON.stringify(expected))
})

describe('what a transaction reads counts', () => {
  type Statement = { readonly sql: string; readonly kind: string; isSingle: true; unknownReason: undefined }
  const texts = tagTexts('', 'item')
  const stock = texts.column('stock')
  const statement = (sql: string, kind: string): Execution<Statement> => ({
    statement: { sql, kind, isSingle: true, unknownReason: undefined },
    parameters: [],
  })
  const write = statement('stock - 2', 'write')
  const read = statement('the row', 'read')
  let told: Conditions | undefined
  let transaction: TransactionWrites<Statement>

  beforeEach(() => {
    told = undefined
    const observers = new Observers<Statement>()
    observers.add({
      isLocal: true,
      store: {},
      tagsOf: () =>
        withConditions(
          [texts.clock, stock],
          new Map([
            [
              stock,
              {
                table: texts.table,
                changes: [
                  {
                    condition: { excludes: () => false },
                    columns: ['stock'],
                    tell: () => ({
                      touched: () => [['1']],
                      entering: () => [],
                      after: () => undefined,
                      moved: () => ({ by: -2n, min: 0n, max: 1000n }),
                      changed: 1,
                    }),
                  },
                ],
              },
            ],
          ]),
        ),
      rowsRead: (_, rows) => ({
        table: { texts, rowKey: { columns: ['id'] } },
        schema: undefined,
        columns: ['stock'],
        rows: rows.map((row) => ({ key: ['1'], valueOf: () => String(row) })),
      }),
      open: () => {
        throw new Error('nobody need know of it before')
      },
      unknown: () => undefined,
      invalidate: (_tags, _source, conditions) => void (told = conditions),
      invalidateAll: () => undefined,
      sessionChanged: () => undefined,
      catalogueUnknown: () => undefined,
    })
    transaction = new TransactionWrites<Statement>({
      written: () => observers.written(),
      answerOf: (result) => ({ returned: result as readonly unknown[] }),
      outcomeOf: () => 'nothing',
      carriedOut: () => undefined,
    })
    transaction.begun = true
    transaction.written.keepsAll = true
  })

  const gives = (row: number) => () => Promise.resolve([row])
  const writes = () => transaction.write(write, gives(0))
  const commit = async () => {
    await transaction.commit(() => Promise.resolve(), {
      rollBack: () => Promise.resolve(),
      refused: () => Promise.resolve(),
    })
    return told?.get(stock)?.changes.map(({ tell }) => movedByItself(tell!(), 'stock')?.[0]?.before)
  }

  it('after it has written', async () => {
    await writes()
    await transaction.read(read, gives(7))
    expect(await commit()).toEqual([9n])
  })

  it('of what it wrote by then', async () => {
    await writes()
    await transaction.read(read, gives(7))
    await writes()
    expect(await commit()).toEqual([9n, undefined])
  })

  it('not before it has written', async () => {
    await transaction.read(read, gives(9))
    await writes()
    expect(await commit()).toEqual([undefined])
  })

  it('not where it was asked before', async () => {
    const answer = held<number[]>()
    await transaction.write(statement('another row', 'write'), gives(0))
    const reading = transaction.read(read, () => answer.promise)
    await writes()
    answer.resolve([9])
    await reading
    expect(await commit()).toEqual([undefined, undefined])
  })

  it('not while something is sent of which nobody knows when it is done', async () => {
    await writes()
    const answer = held<number[]>()
    const writing = transaction.write(write, () => answer.promise)
    await transaction.read(read, gives(7))
    answer.resolve([])
    await writing
    expect(await commit()).toEqual([undefined, undefined])
  })

  it('not where some of it may have been undone', async () => {
    await writes()
    transaction.written.keepsAll = false
    await transaction.read(read, gives(9))
    expect(await commit()).toEqual([undefined])
  })

  it('not where its texts may mean other tables by now', async () => {
    await writes()
    transaction.seesOthers = true
    await transaction.read(read, gives(9))
    expect(await commit()).toEqual([undefined])
  })

  it('not where it may have been ended', async () => {
    await writes()
    transaction.mayHaveEnded = true
    await transaction.read(read, gives(9))
    transaction.mayHaveEnded = false
    expect(await commit()).toEqual([undefined])
  })

  it('not where that was found out meanwhile', async () => {
    await writes()
    const answer = held<number[]>()
    const reading = transaction.read(read, () => answer.promise)
    transaction.mayHaveEnded = true
    answer.resolve([9])
    await reading
    transaction.mayHaveEnded = false
    expect(await commit()).toEqual([undefined])
  })
})
