import type { ChangedRows, Conditions, SeenSet, ToldRows } from '../../src/conditions.js'
import { tagTexts } from '../../src/precision/tag-texts.js'
import type { SeenSets } from '../../src/seen-sets.js'
import type { Space } from '../../src/space.js'

const texts = tagTexts('', 'review')
const table = { texts, rowKey: { columns: ['id'] } }
const root: Space = { prefix: '', prefixes: [''] }
const inner: Space = { prefix: 'n:', prefixes: ['n:', ''] }

type Row = Readonly<Record<string, number | null>>

/** Touches rows of these customers; brings rows to these products. */
interface Change {
  readonly customers?: readonly number[]
  /** `undefined`: it is not told. */
  readonly brings?: readonly number[] | undefined
  /** By whom those are that it brings. Default: it is not told. */
  readonly by?: readonly number[]
  /** It says whom it touches by the key, and not by a condition alone. */
  readonly names?: true
  /** Of which products those are that it touches. Default: it is not told. */
  readonly of?: readonly number[]
  readonly isUntold?: true
}

const tuples = (values: readonly number[] | undefined) => values?.map((value) => [String(value)])

const changeOf = (given: Change): ChangedRows => {
  const { customers = [], names, of, by, isUntold } = given
  const brings = 'brings' in given ? given.brings : []
  const told: ToldRows = {
    touched: ([column]) =>
      column === 'productId' ? tuples(of) : names && column === 'customerId' ? tuples(customers) : undefined,
    entering: ([column]) =>
      tuples(
        column === 'productId' || brings?.length === 0 ? brings : column === 'customerId' ? by : undefined,
      ),
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

const setOf = (rows: readonly ReadonlyMap<string, unknown>[], product: number): SeenSet => ({
  table,
  key: ['productId'],
  values: [String(product)],
  rows,
  normal: (_column, value) => (value === null ? null : typeof value === 'number' ? String(value) : undefined),
})

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
    this.#sets.see(this.#space, setOf(shown, product))
    return this
  }

  /** All reviews of a product have been asked for. */
  ask(rows: readonly Row[], product = 5): this {
    const shown = rows.map((row) => new Map<string, unknown>(Object.entries(row)))
    this.#sets.see(this.#space, setOf(shown, product), 1_000)
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

  /** Whether none of a product's reviews was touched by the last change. */
  isUntouched(product = 5, at = this.#last): boolean {
    return this.#sets.isUntouched(this.#space, 'review', ['productId'], [String(product)], at)
  }

  /** Whether none of a product's reviews is by a customer, nor was, since before the last change. */
  lacks(customer: number, at = this.#last): boolean {
    const set = { table: 'review', key: ['productId'], values: ['5'] }
    return this.#sets.lacks(this.#space, set, ['customerId', String(customer)], at)
  }

  isKnown(product = 5): boolean {
    return this.#sets.isKnown(this.#space, 'review', ['productId'], [String(product)])
  }

  get now(): number {
    return this.#last
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
      for (let times = 0; times < 1100; times++) steps.change({ customers: [7] })
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
        .change({ customers: [7], names: true })
        .isUntouched(),
  ],
  'where an earlier one has touched one, and both say whose they touch': [
    true,
    (sets) =>
      new Steps(sets)
        .see(by1and2)
        .change({ customers: [2], names: true })
        .change({ customers: [7], names: true })
        .isUntouched(),
  ],
  'not of an earlier one that has touched one': [
    false,
    (sets) => {
      const steps = new Steps(sets).see(by1and2).change({ customers: [2], names: true })
      const { now } = steps
      return steps.change({ customers: [7], names: true }).isUntouched(5, now)
    },
  ],
  'not where an earlier one has brought one by whom it concerns': [
    false,
    (sets) =>
      new Steps(sets)
        .see(by1and2)
        .change({ brings: [5], by: [7], names: true })
        .change({ customers: [7], names: true })
        .isUntouched(),
  ],
  'where an earlier one has brought one by somebody else': [
    true,
    (sets) =>
      new Steps(sets)
        .see(by1and2)
        .change({ brings: [5], by: [8], names: true })
        .change({ customers: [7], names: true })
        .isUntouched(),
  ],
  'not where it was not told by whom one is that an earlier one has brought': [
    false,
    (sets) =>
      new Steps(sets)
        .see(by1and2)
        .change({ brings: [5], names: true })
        .change({ customers: [7], names: true })
        .isUntouched(),
  ],
  'not where an earlier one has moved one to it, and names it': [
    false,
    (sets) =>
      new Steps(sets)
        .see(by1and2)
        .change({ customers: [7], names: true, brings: [5], by: [] })
        .change({ customers: [7], names: true })
        .isUntouched(),
  ],
  'not where an earlier one has moved one to it, and does not say which': [
    false,
    (sets) =>
      new Steps(sets)
        .see(by1and2)
        .change({ customers: [7], brings: [5], by: [] })
        .change({ customers: [7], names: true })
        .isUntouched(),
  ],
  'where an earlier one has moved one to it, and this one touches another': [
    true,
    (sets) =>
      new Steps(sets)
        .see(by1and2)
        .change({ customers: [7], names: true, brings: [5], by: [] })
        .change({ customers: [8], names: true })
        .isUntouched(),
  ],
  'where it says that those are of another product': [
    true,
    (sets) =>
      new Steps(sets)
        .see(by1and2)
        .change({ customers: [2], of: [6] })
        .isUntouched(),
  ],
  'not where it says that those are of this one': [
    false,
    (sets) =>
      new Steps(sets)
        .see(by1and2)
        .change({ customers: [2], of: [6, 5] })
        .isUntouched(),
  ],
  'not where it says that those are of another product, and brings one to this': [
    false,
    (sets) =>
      new Steps(sets)
        .see(by1and2)
        .change({ customers: [7], of: [6], brings: [5] })
        .isUntouched(),
  ],
  'not where it says of more products than can be told apart that one is of them': [
    false,
    (sets) =>
      new Steps(sets)
        .see(by1and2)
        .change({ customers: [2], of: Array.from({ length: 100 }, (_, product) => product) })
        .isUntouched(),
  ],
  'not where one that says of which product has brought one, and one that does not touches it': [
    false,
    (sets) =>
      new Steps(sets)
        .see(by1and2)
        .change({ of: [], brings: [5], by: [7], names: true })
        .change({ customers: [7], names: true })
        .isUntouched(),
  ],
  'not where one that says of which product touches it after many of others': [
    false,
    (sets) => {
      const steps = new Steps(sets).see(by1and2)
      for (let times = 0; times < 900; times++) {
        steps.change({ customers: [2], of: [6] })
        if (times % 100 === 0 && !steps.isUntouched()) return true
      }
      return steps.change({ customers: [2], of: [5] }).isUntouched()
    },
  ],
  'not where all was forgotten, and one that says of which product touches it': [
    false,
    (sets) =>
      new Steps(sets)
        .see(by1and2)
        .change({ customers: [2], of: [5] })
        .bump(['review', 'review~'])
        .see(by1and2)
        .change({ customers: [2], of: [5] })
        .isUntouched(),
  ],
  'of a set of nobody that one has come to': [
    true,
    (sets) =>
      new Steps(sets)
        .see([{ id: 1, customerId: null }])
        .change({ brings: [5], by: [8], names: true })
        .change({ customers: [7], names: true })
        .isUntouched(),
  ],
  'not where it was told before the first of many that have touched one': [
    false,
    (sets) => {
      const steps = new Steps(sets).see(by1and2).change({ customers: [1], names: true })
      const { now } = steps
      for (let times = 0; times < 40; times++) steps.change({ customers: [2], names: true })
      return steps.isUntouched(5, now)
    },
  ],
  'of a large set that was asked for': [
    true,
    (sets) =>
      new Steps(sets)
        .ask(others(1_000))
        .change({ customers: [7], names: true })
        .isUntouched(),
  ],
  'not of a large one where one is by whom it concerns': [
    false,
    (sets) =>
      new Steps(sets)
        .ask(others(1_000))
        .change({ customers: [150], names: true })
        .isUntouched(),
  ],
  'not of a large one where the change does not say whose it touches': [
    false,
    (sets) =>
      new Steps(sets)
        .ask(others(1_000))
        .change({ customers: [7] })
        .isUntouched(),
  ],
  'not of a large one where one does not tell by whom it is': [
    false,
    (sets) =>
      new Steps(sets)
        .ask([...others(100), { id: 3 }])
        .change({ customers: [7], names: true })
        .isUntouched(),
  ],
  'known: a set that nothing but its own changes have touched': [
    true,
    (sets) =>
      new Steps(sets)
        .see(by1and2)
        .change({ customers: [2], names: true })
        .isKnown(),
  ],
  ...Object.fromEntries(
    (
      [
        ['not where one comes to a set of several columns', [['5', '6']], false, []],
        ['where one comes to another such set', [['5', '7']], true, []],
        ['where one comes to another such set, and none is named otherwise', [['5', '7']], true, undefined],
        ['not where one comes to such a set, and none is named otherwise', [['5', '6']], false, undefined],
        ['not where it is not told to which one comes', undefined, false, []],
        ['where one was in another such set', [], true, [['5', '7']]],
      ] as const
    ).map(([about, entering, expected, touched]) => [
      about,
      [
        expected,
        (sets: SeenSets) => {
          const key = ['productId', 'shopId']
          sets.see(root, { ...setOf([], 5), key, values: ['5', '6'] })
          const tell = () => ({ touched: () => touched, entering: () => entering, after: () => undefined })
          const changes = [{ condition: { excludes: () => true }, columns: undefined, tell }]
          const conditions: Conditions = new Map([[texts.clock, { table: 'review', changes, isLog: true }]])
          const at = sets.changed('', [texts.clock], conditions)
          return sets.isUntouched(root, 'review', key, ['5', '6'], at)
        },
      ],
    ]),
  ),
  'lacking: whom no row is by': [
    true,
    (sets) =>
      new Steps(sets)
        .see(by1and2)
        .change({ customers: [7] })
        .lacks(7),
  ],
  'lacking: anybody, where there are none': [
    true,
    (sets) =>
      new Steps(sets)
        .see([])
        .change({ customers: [7] })
        .lacks(7),
  ],
  'not lacking: by whom one is': [
    false,
    (sets) =>
      new Steps(sets)
        .see(by1and2)
        .change({ customers: [7] })
        .lacks(2),
  ],
  'not lacking: anybody, where one does not tell by whom it is': [
    false,
    (sets) =>
      new Steps(sets)
        .see([...by1and2, { id: 3 }])
        .change({ of: [6] })
        .lacks(7),
  ],
  'not lacking: anybody, where no row tells': [
    false,
    (sets) =>
      new Steps(sets)
        .see([{ id: 3 }])
        .change({ of: [6] })
        .lacks(7),
  ],
  'not lacking: whom one is by that has come': [
    false,
    (sets) =>
      new Steps(sets)
        .see(by1and2)
        .change({ brings: [5], by: [7], names: true })
        .lacks(7),
  ],
  'lacking: others than whom one is by that has come': [
    true,
    (sets) =>
      new Steps(sets)
        .see(by1and2)
        .change({ brings: [5], by: [7], names: true })
        .lacks(8),
  ],
  'not lacking: by whom one was that is gone': [
    false,
    (sets) =>
      new Steps(sets)
        .see(by1and2)
        .change({ customers: [2], names: true })
        .lacks(2),
  ],
  'not lacking: anybody, where nobody saw them': [
    false,
    (sets) => new Steps(sets).change({ customers: [7] }).lacks(7),
  ],
  'not lacking: anybody, where they were seen after it': [
    false,
    (sets) =>
      new Steps(sets)
        .change({ customers: [7] })
        .see(by1and2)
        .lacks(7),
  ],
  'lacking: whom none is by, where they were seen again after it': [
    true,
    (sets) =>
      new Steps(sets)
        .see(by1and2)
        .change({ customers: [7] })
        .see(by1and2)
        .lacks(7),
  ],
  'not lacking: where they were seen again after a change that has touched one': [
    false,
    (sets) => {
      const steps = new Steps(sets).see(by1and2).change({ of: [6] })
      const { now } = steps
      return steps
        .change({ customers: [2], names: true })
        .see([{ id: 1, customerId: 1 }])
        .lacks(2, now)
    },
  ],
  'lacking: in a large set that was asked for': [
    true,
    (sets) =>
      new Steps(sets)
        .ask(others(1_000))
        .change({ customers: [7], names: true })
        .lacks(7),
  ],
  'not lacking: in a large one by whom one is': [
    false,
    (sets) =>
      new Steps(sets)
        .ask(others(1_000))
        .change({ of: [6] })
        .lacks(150),
  ],
  'not known: a set that nobody has seen': [false, (sets) => new Steps(sets).see(by1and2).isKnown(6)],
  'not known: a set to which somebody has come': [
    false,
    (sets) =>
      new Steps(sets)
        .see(by1and2)
        .change({ brings: [5] })
        .isKnown(),
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
