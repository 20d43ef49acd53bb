import { mapBytes, mapPlaceBytes, objectBytes, textBytes, word } from './heap-bytes.js'
import { type Compact, compact, type RememberedRows } from './remembered-rows.js'

/** Of a set of values, besides texts: two and a half to five words for each, as it has grown. */
const valueBytes = 4 * word

const none: readonly Compact[] = []

/**
 * What rows that may be in a set have in some columns. None that is in it has any other value there: whatever its rows are given is added,
 * and nothing is taken away, so that what is said of it now was so before each change that it has been told of.
 */
export class MemberValues {
  readonly #of = new Map<string, Set<Compact>>()

  /** @param values normal forms of what all rows have in a column; one that is `undefined` is not known */
  add(column: string, values: Iterable<string | null | undefined>): void {
    const known = new Set<Compact>()
    for (const value of values) {
      if (value === undefined) return
      // NULL equals nothing.
      if (value !== null) known.add(compact(value))
    }
    this.#of.set(column, known)
  }

  /** Whether nothing is known of any column. */
  get isEmpty(): boolean {
    return this.#of.size === 0
  }

  /** What it occupies, estimated. */
  get bytes(): number {
    let bytes = objectBytes + mapBytes
    for (const values of this.#of.values()) {
      bytes += mapPlaceBytes + mapBytes + values.size * valueBytes
      for (const value of values) {
        if (typeof value === 'number') break
        bytes += textBytes(value)
      }
    }
    return bytes
  }

  /** Whether a change certainly touched none of the rows, by what those that it touched had. */
  excludes(told: RememberedRows): boolean {
    for (const [column, values] of this.#of)
      if (told.touchedIn(column)?.every((value) => !values.has(value)) === true) return true
    return false
  }

  /** Whether none of the rows has a value in a column, in its normal form. */
  lacks(column: string, value: string): boolean {
    return this.#of.get(column)?.has(compact(value)) === false
  }

  /**
   * A change has touched some of the rows, or brought others.
   *
   * @param mayCome whether rows that it touched may be in the set only since: what it has not given them they had before
   */
  changed(told: RememberedRows, mayCome: boolean): void {
    for (const [column, values] of this.#of) {
      const entering = told.enteringIn(column)
      const touched = mayCome ? told.touchedIn(column) : none
      if (entering === undefined || touched === undefined) this.#of.delete(column)
      else for (const value of [...touched, ...entering]) values.add(value)
    }
  }
}
