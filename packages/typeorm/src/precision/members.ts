import type { AskedSet, SeenSet } from '@freshet/core/adapter'
import type { KeyValues } from '@freshet/sql'
import type { DataSource, EntityMetadata } from 'typeorm'
import { tableOfEntity } from '../declared.js'
import type { EntityPrecision } from './entity-precision.js'
import { areTold, judgedSets } from './place.js'
import type { Joined } from './joined-rows.js'
import type { Choice, ReadPlan } from './read-plan.js'
import { normalIn } from './seen-sets.js'
import type { PreciseTable, WatchedKey } from './table-precision.js'

/** All rows of a table that have a value in a key, to be asked for by this statement. */
export interface MembersQuery extends Omit<AskedSet, 'load'> {
  readonly sql: string
  /** @param rows as the driver gives them */
  setOf(rows: unknown): SeenSet | 'too many' | undefined
}

/** What it takes to ask for the rows of sets. */
export interface MembersOf {
  /** Of how many rows at most sets of a table are asked for. 0: of none. */
  maxRowsOf(table: string): number
  /** As a statement names a table; `undefined`: no entity tells. */
  pathOf(table: string): string | undefined
  escape(name: string): string
}

/** What the rows between have that lead to another row, in its normal form; `undefined`: not known. */
export type ValueOfJoined = (joined: Joined, parameters: readonly unknown[] | undefined) => string | undefined

/** Of a statement that names more, none is asked for. */
const maxSets = 8

/** @returns `undefined` if no entity asks for it */
export function createMembersOf(
  { driver, entityMetadatas }: DataSource,
  entities: Readonly<Record<string, EntityPrecision>> | undefined,
): MembersOf | undefined {
  const asked = new Map<string, number>()
  const paths = new Map<string, string>()
  const escape = (name: string): string => driver.escape(name)
  for (const metadata of entityMetadatas) {
    const table = tableOfEntity(metadata)
    paths.set(table, pathOf(metadata, escape))
    const maxRows = entities?.[metadata.name]?.members ?? 0
    if (maxRows > 0) asked.set(table, maxRows)
  }
  if (asked.size === 0) return undefined
  return {
    maxRowsOf: (table) => asked.get(table) ?? 0,
    pathOf: (table) => paths.get(table),
    escape,
  }
}

const pathOf = ({ tablePath }: EntityMetadata, escape: (name: string) => string): string =>
  tablePath
    .split('.')
    .map((part) => (part === '' ? part : escape(part)))
    .join('.')

/**
 * The statements for all sets of which an answer hides the rows, so that it would fall with any that is not known, and for those of a table
 * between that join rows of which it shows some, or none, with one.
 */
export function membersQueries(
  { places }: ReadPlan,
  choice: Choice,
  parameters: readonly unknown[] | undefined,
  membersOf: MembersOf,
  valueOf: ValueOfJoined,
): readonly MembersQuery[] {
  const queries: MembersQuery[] = []
  const add = (table: PreciseTable, key: WatchedKey, values: KeyValues, maxRows: number): void => {
    const query = queryOf(table, key, values, maxRows, membersOf)
    if (query !== undefined) queries.push(query)
  }
  for (const [at, place] of places.entries()) {
    const maxRows = membersOf.maxRowsOf(place.table.name)
    if (maxRows === 0) continue
    for (const one of place.joined) {
      const value = valueOf(one, parameters)
      if (value !== undefined && areTold(one.far)) add(one.table, one.far, [value], maxRows)
    }
    const key = judgedSets(place, choice[at])
    if (key?.columns.length !== 1) continue
    for (const values of choice[at]!.pins(parameters) ?? []) add(place.table, key, values, maxRows)
  }
  return queries.length > maxSets ? [] : queries
}

function queryOf(
  table: PreciseTable,
  key: WatchedKey,
  values: KeyValues,
  maxRows: number,
  { pathOf: pathOfTable, escape }: MembersOf,
): MembersQuery | undefined {
  const literal = literalOf(values[0]!)
  const path = pathOfTable(table.name)
  if (literal === undefined || path === undefined) return undefined
  const columns = [...new Set(table.keys.flatMap((one) => one.columns))]
  const normal = normalIn(table)
  return {
    sql: `SELECT ${columns.map(escape).join(', ')} FROM ${path} WHERE ${escape(key.columns[0]!)} = ${literal} LIMIT ${maxRows + 1}`,
    table,
    key: key.columns,
    values,
    maxRows,
    setOf(rows) {
      if (!Array.isArray(rows)) return undefined
      if (rows.length > maxRows) return 'too many'
      const shown = (rows as Readonly<Record<string, unknown>>[]).map(
        (row) => new Map(columns.map((column) => [column, row[column]] as const)),
      )
      return { table, key: key.columns, values, rows: shown, normal }
    },
  }
}

const numeral = /^-?\d{1,20}$/
const uuid = /^([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})$/

/** What stands in a statement for a value in its normal form: a number or a UUID. */
function literalOf(normal: string): string | undefined {
  if (numeral.test(normal)) return normal
  return uuid.test(normal) ? `'${normal.replace(uuid, '$1-$2-$3-$4-$5')}'` : undefined
}
