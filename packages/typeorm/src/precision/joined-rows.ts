import { isSameKey, type JoinedBy } from '@freshet/core/adapter'
import { normalValue } from '@freshet/sql'
import type { DerivedKey } from './derived-keys.js'
import { derivedKeys } from './derived-keys.js'
import type { KnownPlace, KnownPlaces } from './known-place.js'
import type { PreciseTable, WatchedKey } from './table-precision.js'

/** Of the rows of a place those alone matter that rows of another place join with one that has a value. */
export interface Joined {
  readonly by: JoinedBy
  /** The place between, by its number in the query. */
  readonly place: number
  readonly table: PreciseTable
  readonly near: WatchedKey
  readonly far: WatchedKey
  /** What those between have in `far`: what another row has, or what is given. */
  readonly value: DerivedKey | GivenValue
}

interface GivenValue {
  /** In its normal form; `undefined`: not told. */
  normal(parameters: readonly unknown[] | undefined): string | undefined
}

type IsUnique = (table: string, column: string) => boolean

/** By the row key of a place, of one column: what equals it in a row between. */
export function joinedRows(here: KnownPlace, places: KnownPlaces, isUnique: IsUnique): readonly Joined[] {
  const { name, read, table } = here
  const [own, ...others] = table.rowKey?.columns ?? []
  if (own === undefined || others.length > 0) return []
  return read.equals(own).flatMap(({ place, column }) => {
    const between = places[place]
    if (between === undefined || between.name === name) return []
    const near = keyOf(between, column)
    const end = near && endOf(between, column, places, isUnique)
    // What is changed here would be told by what is changed.
    if (end === undefined || ('table' in end.value && end.value.table === table)) return []
    const by = { table: between.table.texts.table, near: column, own, far: end.far.columns[0]! }
    return [{ by, place, table: between.table, near: near!, ...end }]
  })
}

/** What tells the other row. */
function endOf(
  between: KnownPlace,
  near: string,
  places: KnownPlaces,
  isUnique: IsUnique,
): Pick<Joined, 'far' | 'value'> | undefined {
  for (const derived of derivedKeys(between, places, isUnique)) {
    const far = derived.column === near ? undefined : keyOf(between, derived.column)
    if (far !== undefined) return { far, value: derived }
  }
  for (const far of between.table.keys) {
    const [column, ...others] = far.columns
    if (column === near || others.length > 0) continue
    for (const equal of between.read.equals(column!)) {
      const given = places[equal.place]?.read.only(equal.column)
      if (given === undefined) continue
      const normal: GivenValue['normal'] = (parameters) =>
        normalValue(far.types[0], given(parameters)) ?? undefined
      return { far, value: { normal } }
    }
  }
  return undefined
}

const keyOf = ({ table }: KnownPlace, column: string): WatchedKey | undefined =>
  table.keys.find(({ columns }) => isSameKey(columns, [column]))
