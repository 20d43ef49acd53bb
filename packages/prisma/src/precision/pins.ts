import type { JoinedBy, ValueOfRow as Value } from '@freshet/core/adapter'
import type { ValueType } from '@freshet/sql'
import type { ScalarField } from '../schema/data-model.js'
import type { PreciseTable, WatchedKey } from './table-precision.js'

/** Where in the arguments the values of a pin stand: the names to follow from the arguments down. */
export interface ValuesAt {
  readonly path: readonly string[]
  /** Whether a list stands there. */
  readonly isList: boolean
}

/** Rows are joined with one that has a value in a column, by rows of a table between. */
export interface Joined {
  /** Where the condition stands. */
  readonly at: string
  /** The relation, from here, and the field that is referenced at its other end. */
  readonly relation: string
  readonly farField: ScalarField
  readonly by: JoinedBy
  readonly table: PreciseTable
  /** By which the rows between reference those here. */
  readonly key: WatchedKey
  /** By which they reference the other. */
  readonly far: WatchedKey
  /** What they have in that. */
  readonly value: ValueOfRow | ValuesAt
}

/** What a condition says of columns: each has one of the values that stand there. */
export type Pinned = ReadonlyMap<string, ValuesAt>

/** The value that one row has in a column: the only row of its table with a value that stands in the arguments. */
export interface ValueOfRow extends Value<ValueType> {
  readonly at: ValuesAt
}

/** What is certain of columns, without their values being at hand. */
type Derived = ReadonlyMap<string, ValueOfRow>

/**
 * What a condition says for certain of the rows of one table that matter to it. It may say more; what is not understood
 * only makes the rows fewer.
 */
export interface Pins {
  readonly all: Pinned
  /** Of each list, one holds. */
  readonly oneOf: readonly (readonly Pins[])[]
  readonly derived: Derived
  readonly joined: readonly Joined[]
}

const nothingDerived: Derived = new Map()

export const noPins: Pins = Object.freeze({
  all: new Map<string, ValuesAt>(),
  oneOf: [],
  derived: nothingDerived,
  joined: [],
})

/** Both hold. Of one column the first is kept: each is true. */
export function bothPins(first: Pins, second: Pins): Pins {
  if (second === noPins) return first
  if (first === noPins) return second
  return {
    all: new Map([...second.all, ...first.all]),
    oneOf: [...first.oneOf, ...second.oneOf],
    derived: new Map([...second.derived, ...first.derived]),
    joined: [...first.joined, ...second.joined],
  }
}

/** One of these holds; of no branches nothing is said. */
export function oneOfPins(branches: readonly Pins[]): Pins {
  if (branches.length === 0) return noPins
  return branches.length === 1 ? branches[0]! : { ...noPins, oneOf: [branches] }
}

/** Where the values of the columns stand, in their order. */
export type KeyAt = readonly ValuesAt[]

/** Past this, branches of branches are not multiplied. */
const maxBranches = 64

/** All places from which these columns' values may come; `undefined` if a row without them could matter. */
export function keysAt({ all, oneOf }: Pins, columns: readonly string[]): readonly KeyAt[] | undefined {
  const own = columns.map((column) => all.get(column))
  if (isWhole(own)) return [own]
  for (const branches of oneOf) {
    const keys = keysOfBranches(branches, all, columns)
    if (keys !== undefined && keys.length <= maxBranches) return keys
  }
  return undefined
}

function keysOfBranches(branches: readonly Pins[], all: Pinned, columns: readonly string[]) {
  const keys: KeyAt[] = []
  for (const branch of branches) {
    const found = keysAt(within(branch, all), columns)
    if (found === undefined) return undefined
    keys.push(...found)
  }
  return keys
}

/** What holds beside a list of branches holds within each. */
export const within = (branch: Pins, all: Pinned): Pins => bothPins(branch, { ...noPins, all })

const isWhole = (values: readonly (ValuesAt | undefined)[]): values is KeyAt =>
  values.every((value) => value !== undefined)

/** The same said of other columns, in the same order. */
function renamed(keys: readonly KeyAt[], columns: readonly string[]): Pins {
  return oneOfPins(
    keys.map((key) => ({ ...noPins, all: new Map(columns.map((column, at) => [column, key[at]!])) })),
  )
}

/** What pins say of columns, said of those that are equal to them. */
export function carried(pins: Pins, from: readonly string[], to: readonly string[]): Pins {
  const keys = keysAt(pins, from)
  const direct = keys === undefined ? noPins : renamed(keys, to)
  const [own, ...others] = from
  const value = own === undefined || others.length > 0 ? undefined : pins.derived.get(own)
  return value === undefined ? direct : { ...direct, derived: new Map([[to[0]!, value]]) }
}
