import type { AskedSet, SeenSet } from '@freshet/core/adapter'
import type { KeyValues } from '@freshet/sql'
import type { DataSource, EntityMetadata } from 'typeorm'
import { tableOfEntity } from '../declared.js'
import type { EntityPrecision } from './entity-precision.js'
import { judgedSets } from './place.js'
import type { Choice, ReadPlan } from './read-plan.js'
import { normalIn } from './seen-sets.js'
import type { PreciseTable, WatchedKey } from './table-precision.js'

/** All rows of a table that have a value in a key, to be asked for by this statement. */
export interface MembersQuery extends Omit<AskedSet, 'load'> {
  readonly sql: string
  /** @param rows as the driver gives them */
  setOf(rows: unknown): SeenSet | 'too many' | undefined
}

/** Of which tables the rows of sets are asked for; `undefined`: of none. */
export type MembersOf = (table: string) => AskedTable | undefined

interface AskedTable {
  /** As a statement names it. */
  readonly path: string
  readonly maxRows: number
  escape(name: string): string
}

/** Of a statement that names more, none is asked for. */
const maxSets = 8

/** @returns `undefined` if no entity asks for it */
export function createMembersOf(
  { driver, entityMetadatas }: DataSource,
  entities: Readonly<Record<string, EntityPrecision>> | undefined,
): MembersOf | undefined {
  const asked = new Map<string, AskedTable>()
  for (const metadata of entityMetadatas) {
    const maxRows = entities?.[metadata.name]?.members ?? 0
    if (maxRows === 0) continue
    const escape = (name: string): string => driver.escape(name)
    asked.set(tableOfEntity(metadata), { path: pathOf(metadata, escape), maxRows, escape })
  }
  return asked.size === 0 ? undefined : (table) => asked.get(table)
}

const pathOf = ({ tablePath }: EntityMetadata, escape: (name: string) => string): string =>
  tablePath
    .split('.')
    .map((part) => (part === '' ? part : escape(part)))
    .join('.')

/** The statements for all sets of which an answer hides the rows, so that it would fall with any that is not known. */
export function membersQueries(
  { places }: ReadPlan,
  choice: Choice,
  parameters: readonly unknown[] | undefined,
  membersOf: MembersOf,
): readonly MembersQuery[] {
  const queries: MembersQuery[] = []
  for (const [at, place] of places.entries()) {
    const { table } = place
    const asked = membersOf(table.name)
    const key = judgedSets(place, choice[at])
    if (asked === undefined || key?.columns.length !== 1) continue
    for (const values of choice[at]!.pins(parameters) ?? []) {
      const query = queryOf(table, key, values, asked)
      if (query !== undefined) queries.push(query)
    }
  }
  return queries.length > maxSets ? [] : queries
}

function queryOf(
  table: PreciseTable,
  key: WatchedKey,
  values: KeyValues,
  { path, maxRows, escape }: AskedTable,
): MembersQuery | undefined {
  const literal = literalOf(values[0]!)
  if (literal === undefined) return undefined
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
