import type { MovedBy, ToldRows } from './conditions.js'
import { tupleText } from './tuple-text.js'

type Key = readonly string[]
type Tuples = readonly Key[] | undefined

/** What a change tells of the values of its rows, each worked out for the first answer that asks. */
export class ToldOnce implements ToldRows {
  readonly #told: ToldRows
  readonly #touched = new Map<string, Tuples>()
  readonly #entering = new Map<string, Tuples>()
  readonly #after = new Map<string, readonly (string | null)[] | undefined>()

  constructor(told: ToldRows) {
    this.#told = told
  }

  touched(key: Key): Tuples {
    return once(this.#touched, key, (of) => this.#told.touched(of))
  }

  entering(key: Key): Tuples {
    return once(this.#entering, key, (of) => this.#told.entering(of))
  }

  after(column: readonly [string]): readonly (string | null)[] | undefined {
    return once(this.#after, column, (of) => this.#told.after(of))
  }

  moved(column: readonly [string]): MovedBy | undefined {
    return this.#told.moved?.(column)
  }

  get changed(): number | undefined {
    return this.#told.changed
  }

  get schema(): string | undefined {
    return this.#told.schema
  }
}

function once<K extends Key, T>(known: Map<string, T>, key: K, tell: (key: K) => T): T {
  const name = tupleText(key)
  const value = known.get(name)
  if (value !== undefined || known.has(name)) return value as T
  const told = tell(key)
  known.set(name, told)
  return told
}
