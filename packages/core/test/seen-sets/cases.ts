import type { ChangedRows, Conditions, ToldRows } from '../../src/conditions.js'
import { tagTexts } from '../../src/precision/tag-texts.js'
import type { SeenSets } from '../../src/seen-sets.js'
import type { Space } from '../../src/space.js'

const texts = tagTexts('', 'review')
const table = { texts, rowKey: { columns: ['id'] } }
const root: Space = { prefix: '', prefixes: [''] }
const inner: Space = { prefix: 'n:', prefixes: ['n:', ''] }

type Row = Readonly<Record<string, number>>

/** Touches rows of these customers; brings rows to these products. */
interface Change {
  readonly customers?: readonly number[]
  /** `undefined`: it is not told. */
  readonly brings?: readonly number[] | undefined
  readonly isUntold?: true
}

const changeOf = (given: Change): ChangedRows => {
  const { customers = [], isUntold } = given
  const brings = 'brings' in given ? given.brings : []
  const told: ToldRows = {
    touched: () => undefined,
    entering: () => brings?.map((product) => [String(product)]),
    after: () => undefined,
  }
  return {
    condition: {
      excludes: (valueOf) => {
        const customer = valueOf('customerId')
        return customer !== undefined && !customers.includes(customer as number)
      },
    },
    columns: undefined,
    tell: isUntold ? undefined : () => told,
  }
}

/** What is done one after another with the reviews of products. */
class Steps {
  readonly #sets: SeenSets
  readonly #space: Space
  #last = 0

  constructor(sets: SeenSets, space: Space = root) {
    this.#sets = sets
    this.#space = space
  }

  /** An answer is stored that shows all reviews of a product. */
  see(rows: readonly Row[], product = 5): this {
    const shown = rows.map((row) => new Map<string, unknown>(Object.entries(row)))
    this.#sets.see(this.#space, { table, key: ['productId'], values: [String(product)], rows: shown })
    return this
  }

  /** One write changes rows in several ways. */
  change(...changes: readonly Change[]): this {
    const some = { table: 'review', changes: changes.map(changeOf), isLog: true }
    const conditions: Conditions = new Map([[texts.clock, some]])
    this.#last = this.#sets.changed(this.#space.prefix, [texts.clock, 'review-'], conditions)
    return this
  }

  bump(tags: readonly string[], prefix = this.#space.prefix): this {
    this.#last = this.#sets.changed(prefix, tags, undefined)
    return this
  }

  /** Whether none of a product's reviews was touched by the last change, nor since. */
  isUntouched(product = 5, at = this.#last): boolean {
    return this.#sets.isUntouched(this.#space, 'review', ['productId'], [String(product)], at)
  }
}

const by1and2: readonly Row[] = [
  { id: 1, customerId: 1 },
  { id: 2, customerId: 2 },
]
const others = (count: number): readonly Row[] =>
  Array.from({ length: count }, (_, id) => ({ id, customerId: 100 + id }))

/** Whether it is certain that a change has touched no review of a product. */
export const cases: Readonly<Record<string, readonly [expected: boolean, (sets: SeenSets) => boolean]>> = {
  'where all of them are by others': [
    true,
    (sets) =>
      new Steps(sets)
        .see(by1and2)
        .change({ customers: [7] })
        .isUntouched(),
  ],
  'where there are none': [
    true,
    (sets) =>
      new Steps(sets)
        .see([])
        .change({ customers: [7] })
        .isUntouched(),
  ],
  'not where one is by whom it concerns': [
    false,
    (sets) =>
      new Steps(sets)
        .see(by1and2)
        .change({ customers: [2] })
        .isUntouched(),
  ],
  'not where one does not tell by whom it is': [
    false,
    (sets) =>
      new Steps(sets)
        .see([...by1and2, { id: 3 }])
        .change({ customers: [7] })
        .isUntouched(),
  ],
  'not where none were seen': [false, (sets) => new Steps(sets).change({ customers: [7] }).isUntouched()],
  'not of another product': [
    false,
    (sets) =>
      new Steps(sets)
        .see(by1and2)
        .change({ customers: [7] })
        .isUntouched(6),
  ],
  'not where they were seen after it': [
    false,
    (sets) =>
      new Steps(sets)
        .change({ customers: [7] })
        .see(by1and2)
        .isUntouched(),
  ],
  'not where another one comes': [
    false,
    (sets) =>
      new Steps(sets)
        .see(by1and2)
        .change({ brings: [6, 5] })
        .isUntouched(),
  ],
  'where one comes to another product': [
    true,
    (sets) =>
      new Steps(sets)
        .see(by1and2)
        .change({ brings: [6] })
        .isUntouched(),
  ],
  'not where it is not told whose they are that come': [
    false,
    (sets) => new Steps(sets).see(by1and2).change({ brings: undefined }).isUntouched(),
  ],
  'not where nothing is told of one of its changes': [
    false,
    (sets) => new Steps(sets).see(by1and2).change({ isUntold: true }).isUntouched(),
  ],
  'not where the second of its changes concerns one': [
    false,
    (sets) =>
      new Steps(sets)
        .see(by1and2)
        .change({ customers: [7] }, { customers: [2] })
        .isUntouched(),
  ],
  'after many changes of others': [
    true,
    (sets) => {
      const steps = new Steps(sets).see(by1and2)
      for (let times = 0; times < 200; times++) steps.change({ customers: [7] })
      return steps.isUntouched()
    },
  ],
  'after many more, if somebody asked meanwhile': [
    true,
    (sets) => {
      const steps = new Steps(sets).see(by1and2)
      for (let times = 0; times < 2000; times++) {
        steps.change({ customers: [7] })
        if (times % 100 === 0 && !steps.isUntouched()) return false
      }
      return steps.isUntouched()
    },
  ],
  'not after more than are kept': [
    false,
    (sets) => {
      const steps = new Steps(sets).see(by1and2)
      for (let times = 0; times < 600; times++) steps.change({ customers: [7] })
      return steps.isUntouched()
    },
  ],
  'not where an earlier one has touched one': [
    false,
    (sets) =>
      new Steps(sets)
        .see(by1and2)
        .change({ customers: [2] })
        .change({ customers: [7] })
        .isUntouched(),
  ],
  'where they were seen again since an earlier one has': [
    true,
    (sets) =>
      new Steps(sets)
        .see(by1and2)
        .change({ customers: [2] })
        .see([{ id: 1, customerId: 1 }])
        .change({ customers: [2] })
        .isUntouched(),
  ],
  'where they were seen again after it': [
    true,
    (sets) =>
      new Steps(sets)
        .see(by1and2)
        .change({ customers: [7] })
        .see(by1and2)
        .isUntouched(),
  ],
  'not where they were seen again after it, and it has touched one': [
    false,
    (sets) =>
      new Steps(sets)
        .see(by1and2)
        .change({ customers: [2] })
        .see(by1and2)
        .isUntouched(),
  ],
  'not where it was told before they were seen for the first time': [
    false,
    (sets) => {
      const steps = new Steps(sets)
        .change({ customers: [7] })
        .see(by1and2)
        .change({ customers: [7] })
      return steps.isUntouched(5, 1)
    },
  ],
  'where as many are shown as are kept': [
    true,
    (sets) =>
      new Steps(sets)
        .see(others(50))
        .change({ customers: [7] })
        .isUntouched(),
  ],
  'not where more are': [
    false,
    (sets) =>
      new Steps(sets)
        .see(others(51))
        .change({ customers: [7] })
        .isUntouched(),
  ],
  ...Object.fromEntries(
    [['review', 'review~'], ['review~'], ['review#1'], ['review[productid=*]'], ['']].map((tags) => [
      `not after ${tags.map((tag) => `'${tag}'`).join(' and ')} changed`,
      [
        false,
        (sets: SeenSets) =>
          new Steps(sets)
            .see(by1and2)
            .bump(tags)
            .change({ customers: [7] })
            .isUntouched(),
      ],
    ]),
  ),
  'after another table has changed': [
    true,
    (sets) =>
      new Steps(sets)
        .see(by1and2)
        .bump(['other', 'other~'])
        .change({ customers: [7] })
        .isUntouched(),
  ],
  'not where something was written in the namespace around it': [
    false,
    (sets) => new Steps(sets, inner).see(by1and2).bump(['review~', 'review#9'], '').isUntouched(),
  ],
  'where something was written in another namespace': [
    true,
    (sets) => new Steps(sets, inner).see(by1and2).bump(['review', 'review~'], 'm:').isUntouched(),
  ],
  'not in another namespace': [
    false,
    (sets) => {
      new Steps(sets, inner).see(by1and2)
      return new Steps(sets).change({ customers: [7] }).isUntouched()
    },
  ],
}
