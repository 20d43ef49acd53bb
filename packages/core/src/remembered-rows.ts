import type { ToldRows } from './conditions.js'

/** A value in its normal form: as a number where that is as good, which takes a third of the room and is sooner found. */
export type Compact = string | number

const mostDigits = 15

export function compact(value: string): Compact {
  if (value.length > mostDigits) return value
  const number = Number(value)
  return String(number) === value ? number : value
}

type Values = readonly Compact[] | undefined

/** What a change tells of columns, worked out once for all that are held against it. */
export class RememberedRows {
  readonly #told: ToldRows
  readonly #touched = new Map<string, Values>()
  readonly #entering = new Map<string, Values>()

  constructor(told: ToldRows) {
    this.#told = told
  }

  /** What rows that were changed or deleted had in a column; `undefined`: it is not told. */
  touchedIn(column: string): Values {
    return remember(this.#touched, column, (key) => this.#told.touched(key))
  }

  /** What rows have in a column that may not have had it before. */
  enteringIn(column: string): Values {
    return remember(this.#entering, column, (key) => this.#told.entering(key))
  }

  /** The sets of a key in which rows were changed or deleted, or to which they came; `undefined`: it is not told. */
  setsIn(key: readonly string[]): readonly (readonly string[])[] | undefined {
    const touched = this.#told.touched(key)
    const entering = touched && this.#told.entering(key)
    return entering && [...touched, ...entering]
  }

  /** Whether rows may have come to have these values in a key. */
  mayEnter(key: readonly string[], values: readonly string[]): boolean {
    const [column, ...others] = key
    if (column !== undefined && others.length === 0)
      return this.enteringIn(column)?.includes(compact(values[0]!)) !== false
    const entering = this.#told.entering(key)
    return entering?.some((other) => other.every((value, at) => value === values[at])) !== false
  }
}

function remember(
  known: Map<string, Values>,
  column: string,
  tell: (key: readonly string[]) => readonly (readonly string[])[] | undefined,
): Values {
  if (known.has(column)) return known.get(column)
  const values = tell([column])?.map(([value]) => compact(value!))
  known.set(column, values)
  return values
}
