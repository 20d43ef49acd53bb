import type { ChangedRows, Conditions, ToldRows } from '../../src/conditions.js'
import { tagTexts } from '../../src/precision/tag-texts.js'
import type { Space } from '../../src/space.js'
import type { TrackedRows } from '../../src/tracked-rows.js'

const texts = tagTexts('', 'item')
const table = { texts, rowKey: { columns: ['id'] } }
const root: Space = { prefix: '', prefixes: [''] }
const inner: Space = { prefix: 'n:', prefixes: ['n:', ''] }

type Column = 'stock' | 'price'

interface Update {
  readonly ids?: readonly number[] | undefined
  readonly by?: number
  readonly after?: readonly number[]
  readonly column?: Column
  /** Default: as many as there are ids. */
  readonly changed?: number
  /** Of rows that are not named: it touches those that have less. */
  readonly below?: number
  /** It says all there is to say of them. */
  readonly isWhole?: true
  /** In which column. Default: the one that is changed. */
  readonly of?: Column
  readonly mayBeUndone?: true
  /** Nothing is certain. */
  readonly isUncertain?: true
  /** Other tags of the same write, of which nothing is certain. */
  readonly besides?: readonly string[]
}

const told = ({ ids, by, after, changed = ids?.length }: Update): ToldRows => ({
  touched: ([column]) => (column === 'id' ? ids?.map((id) => [String(id)]) : undefined),
  entering: () => [],
  after: () => after?.map(String),
  moved: () => (by === undefined ? undefined : { by: BigInt(by), min: 0n, max: 1000n }),
  changed,
})

/** What is done one after another with rows that are tracked. */
class Steps {
  readonly #rows: TrackedRows
  readonly #space: Space

  constructor(rows: TrackedRows, space: Space = root) {
    this.#rows = rows
    this.#space = space
  }

  /** An answer is stored that shows a row. */
  see(id: number, values: Partial<Record<Column, number>>): this {
    const known = Object.entries(values).map(([column, value]) => [column, BigInt(value)] as const)
    this.#rows.see(this.#space, { table, key: [String(id)], values: known })
    return this
  }

  /** Gives what is known of the rows: before and after, by pairs; `undefined`: of one of them nothing. */
  update(update: Update): string | undefined {
    const { column = 'stock', below, of = column, isWhole, mayBeUndone, isUncertain, besides = [] } = update
    const change: ChangedRows = {
      condition: {
        excludes: (valueOf) => below !== undefined && Number(valueOf(of) ?? -1) >= below,
        ...(isWhole && { includes: (valueOf) => Number(valueOf(of) ?? Infinity) < below! }),
      },
      columns: [column],
      tell: () => told(update),
    }
    const tag = texts.column(column)
    const some = { table: 'item', changes: [change], ...(mayBeUndone && { mayBeUndone }) }
    const conditions: Conditions | undefined = isUncertain ? undefined : new Map([[tag, some]])
    const known = this.#rows.changed(this.#space.prefix, ['item~', tag, ...besides], conditions)
    const moved = known?.get(change)?.moved?.get(column)
    return moved?.map(({ before, after }) => `${before}>${after}`).join(' ')
  }

  /** Rows go. `undefined`: which is not told */
  remove(ids: readonly number[] | undefined): this {
    const change: ChangedRows = {
      condition: { excludes: () => false },
      columns: undefined,
      tell: () => told({ ids }),
    }
    const conditions: Conditions = new Map([[texts.leaving, { table: 'item', changes: [change] }]])
    this.#rows.changed(this.#space.prefix, ['item~', texts.leaving], conditions)
    return this
  }

  /** Tags change of which nothing is certain. */
  bump(tags: readonly string[], prefix = this.#space.prefix): this {
    this.#rows.changed(prefix, tags, undefined)
    return this
  }
}

const one = { ids: [1], by: -2 } as const

/** What is known of a row that had 9, and is changed last. */
export const cases: Readonly<
  Record<string, readonly [expected: string | undefined, (rows: TrackedRows) => string | undefined]>
> = {
  'what it was seen with': ['9>7', (rows) => new Steps(rows).see(1, { stock: 9 }).update(one)],
  ...Object.fromEntries(
    (
      [
        ['what all had that a bound chose, if so many were changed', {}, '3>103 4>104'],
        ['nothing where more were changed', { changed: 3 }, undefined],
        ['nothing where fewer were', { changed: 1 }, undefined],
        ['nothing where it is not told how many were', { changed: undefined }, undefined],
        ['nothing where they may have met more than the bound', { isWhole: undefined }, undefined],
        ['nothing where it is not told by how much', { by: undefined }, undefined],
        ['nothing where they stay as they were', { by: 0 }, undefined],
        ['nothing where one stays as it was at the end of its range', { by: 998 }, undefined],
        ['nothing of a bound of another column', { of: 'price' }, undefined],
      ] as const
    ).map(([about, given, expected]) => [
      about,
      [
        expected,
        (rows: TrackedRows) => {
          const steps = new Steps(rows)
            .see(1, { stock: 3 })
            .see(2, { stock: 4, price: 1 })
            .see(3, { stock: 9 })
          return steps.update({ by: 100, below: 5, isWhole: true, changed: 2, ...given } as Update)
        },
      ],
    ]),
  ),
  'what such a change has made of them': [
    '103>101',
    (rows) => {
      const steps = new Steps(rows).see(1, { stock: 3 })
      steps.update({ by: 100, below: 5, isWhole: true, changed: 1 })
      return steps.update(one)
    },
  ],
  'what one had that a second such bound chose': [
    '2>102',
    (rows) => {
      const steps = new Steps(rows).see(1, { stock: 3 }).see(2, { stock: 4 })
      steps.update({ by: 100, below: 5, isWhole: true, changed: 2 })
      return steps.see(3, { stock: 2 }).update({ by: 100, below: 5, isWhole: true, changed: 1 })
    },
  ],
  'nothing of one that another such change may have met': [
    undefined,
    (rows) => {
      const steps = new Steps(rows).see(1, { stock: 3 }).see(2, { stock: 8 })
      steps.update({ by: 100, below: 5 })
      return steps.update({ by: 100, below: 9, isWhole: true, changed: 2 })
    },
  ],
  'nothing of one that was not seen': [undefined, (rows) => new Steps(rows).see(2, { stock: 9 }).update(one)],
  'nothing of another column': [
    undefined,
    (rows) => new Steps(rows).see(1, { price: 9 }).see(2, { stock: 9 }).update(one),
  ],
  'what changes have made of it': [
    '7>5',
    (rows) => {
      const steps = new Steps(rows).see(1, { stock: 9 })
      steps.update(one)
      return steps.update(one)
    },
  ],
  'what it was given': [
    '20>18',
    (rows) => {
      const steps = new Steps(rows).see(1, { stock: 9 })
      steps.update({ ids: [1], after: [20] })
      return steps.update(one)
    },
  ],
  'what came back of it, and what it had then': [
    '6>4',
    (rows) => new Steps(rows).see(2, { stock: 9 }).update({ ...one, after: [4] }),
  ],
  'what it had where it is given another value': [
    '9>20',
    (rows) => new Steps(rows).see(1, { stock: 9 }).update({ ids: [1], after: [20] }),
  ],
  'of several rows, what each had': [
    '9>7 8>6',
    (rows) =>
      new Steps(rows)
        .see(1, { stock: 9 })
        .see(2, { stock: 8 })
        .update({ ids: [1, 2], by: -2 }),
  ],
  'nothing where one of several was not seen': [
    undefined,
    (rows) => new Steps(rows).see(1, { stock: 9 }).update({ ids: [1, 2], by: -2 }),
  ],
  'nothing where each came back with another value': [
    undefined,
    (rows) =>
      new Steps(rows)
        .see(1, { stock: 9 })
        .see(2, { stock: 8 })
        .update({ ids: [1, 2], after: [3, 4] }),
  ],
  'nothing of what is out of range': [undefined, (rows) => new Steps(rows).see(1, { stock: 1 }).update(one)],
  'nothing of what is out of range on the other side': [
    undefined,
    (rows) => new Steps(rows).see(1, { stock: 999 }).update({ ids: [1], by: 2 }),
  ],
  'nothing after a change that may not have been one of it': [
    undefined,
    (rows) => {
      const steps = new Steps(rows).see(1, { stock: 9 }).see(2, { stock: 9 })
      steps.update({ ids: [1, 2], by: -2, changed: 1 })
      return steps.update(one)
    },
  ],
  'nothing after a change of which nothing is certain': [
    undefined,
    (rows) => {
      const steps = new Steps(rows).see(1, { stock: 9 })
      steps.update({ ...one, isUncertain: true })
      return steps.update(one)
    },
  ],
  'nothing after a change that may have been undone': [
    undefined,
    (rows) => {
      const steps = new Steps(rows).see(1, { stock: 9 })
      steps.update({ ...one, mayBeUndone: true })
      return steps.update(one)
    },
  ],
  'what it had after a change of rows that it is none of': [
    '9>7',
    (rows) => {
      const steps = new Steps(rows).see(1, { stock: 9 })
      steps.update({ by: 100, below: 5 })
      return steps.update(one)
    },
  ],
  'nothing after a change of rows that it may be one of': [
    undefined,
    (rows) => {
      const steps = new Steps(rows).see(1, { stock: 4 })
      steps.update({ by: 100, below: 5 })
      return steps.update(one)
    },
  ],
  'nothing after a change of rows by another column': [
    undefined,
    (rows) => {
      const steps = new Steps(rows).see(1, { stock: 9, price: 3 })
      steps.update({ by: 100, below: 5, of: 'price' })
      return steps.update(one)
    },
  ],
  'nothing after that, though it was changed since': [
    undefined,
    (rows) => {
      const steps = new Steps(rows).see(1, { stock: 4 })
      steps.update({ by: 100, below: 5 })
      steps.update({ ids: [1], by: 50 })
      return steps.update(one)
    },
  ],
  'what it was seen with after a change of rows that it may be one of': [
    '4>2',
    (rows) => {
      const steps = new Steps(rows).see(1, { stock: 104 })
      steps.update({ by: 100, below: 5 })
      return steps.see(1, { stock: 4 }).update(one)
    },
  ],
  'what it had after a change of another column': [
    '9>7',
    (rows) => {
      const steps = new Steps(rows).see(1, { stock: 9, price: 3 })
      steps.update({ by: 100, below: 5, column: 'price' })
      return steps.update(one)
    },
  ],
  'nothing after more changes than are kept': [
    undefined,
    (rows) => {
      const steps = new Steps(rows).see(1, { stock: 9 })
      for (let times = 0; times < 65; times++) steps.update({ by: 100, below: 5 })
      return steps.update(one)
    },
  ],
  'nothing after it is gone': [
    undefined,
    (rows) => new Steps(rows).see(1, { stock: 9 }).remove([1]).update(one),
  ],
  'what it had after another is gone': [
    '9>7',
    (rows) => new Steps(rows).see(1, { stock: 9 }).remove([2]).update(one),
  ],
  'nothing after rows are gone that are not told': [
    undefined,
    (rows) => new Steps(rows).see(1, { stock: 9 }).remove(undefined).update(one),
  ],
  ...Object.fromEntries(
    [
      ['item', 'item~'],
      ['item-', 'item~'],
      ['item.stock', 'item~'],
      ['item.id', 'item~'],
      ['item#1'],
      [''],
    ].map((tags) => [
      `nothing after ${tags.map((tag) => `'${tag}'`).join(' and ')} changed`,
      [undefined, (rows: TrackedRows) => new Steps(rows).see(1, { stock: 9 }).bump(tags).update(one)],
    ]),
  ),
  'what it had after rows have changed in other columns': [
    '9>7',
    (rows) => new Steps(rows).see(1, { stock: 9 }).bump(['item~', 'item#1', 'item.name']).update(one),
  ],
  'what it had after another table has changed': [
    '9>7',
    (rows) => new Steps(rows).see(1, { stock: 9 }).bump(['other', 'other~']).update(one),
  ],
  'nothing where a row comes as well': [
    undefined,
    (rows) => new Steps(rows).see(1, { stock: 9 }).update({ ...one, besides: [texts.incoming] }),
  ],
  'nothing after one came with a change of others': [
    undefined,
    (rows) => {
      const steps = new Steps(rows).see(1, { stock: 9 })
      steps.update({ ids: [2], by: 1, besides: [texts.incoming] })
      return steps.update(one)
    },
  ],
  'nothing where keys change as well': [
    undefined,
    (rows) => {
      const steps = new Steps(rows).see(1, { stock: 9 })
      steps.update({ ids: [1], after: [20], besides: ['item.id'] })
      return steps.update(one)
    },
  ],
  'what it had where a table was written whose name begins alike': [
    '9>7',
    (rows) => new Steps(rows).see(1, { stock: 9 }).bump(['item_shelf', 'items#1']).update(one),
  ],
  'nothing where something was written in the namespace around it': [
    undefined,
    (rows) => new Steps(rows, inner).see(1, { stock: 9 }).bump(['item~', 'item#1'], '').update(one),
  ],
  'what it had where something was written in another namespace': [
    '9>7',
    (rows) => new Steps(rows, inner).see(1, { stock: 9 }).bump(['item', 'item~'], 'm:').update(one),
  ],
}
