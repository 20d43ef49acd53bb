import type { KnownPlace, KnownPlaces } from './known-place.js'
import type { PreciseTable } from './table-precision.js'

/** A column of whose values one alone matters: that which the one row of another table has in one of its columns. */
export interface DerivedKey {
  readonly column: string
  readonly table: PreciseTable
  readonly far: string
  /** The other row is the only one with a value in it. */
  readonly unique: string
  /** That value, as it is given. */
  value(parameters: readonly unknown[] | undefined): unknown
}

/** Where a unique has one value, the row is one, and so is what its keys hold. */
export function derivedKeys(
  { name, read, table }: KnownPlace,
  places: KnownPlaces,
  isUnique: (table: string, column: string) => boolean,
): readonly DerivedKey[] {
  return table.keys.flatMap(({ columns }) => {
    const [column, ...others] = columns
    if (others.length > 0 || read.pins(columns).length > 0) return []
    for (const { place, column: far } of read.equals(column!)) {
      const other = places[place]
      // What is changed here would be told by what is changed.
      if (other === undefined || other.name === name) continue
      const unique = other.columns.all.find(
        (one) => isUnique(other.name, one.name) && other.read.only(one.name) !== undefined,
      )
      if (unique === undefined) continue
      return [
        {
          column: column!,
          table: other.table,
          far,
          unique: unique.name,
          value: other.read.only(unique.name)!,
        },
      ]
    }
    return []
  })
}
