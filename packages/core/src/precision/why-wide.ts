import type { TablePrecision } from './table-precision.js'
import { maxKeys, type RowChange } from './write-tags.js'

/** Why the tags of a change are wider than the rows and columns that it concerns, for people; `undefined`: they are not. */
export function whyWide(
  change: RowChange & { readonly reason?: string | undefined },
  table: TablePrecision,
): string | undefined {
  if (table.grain === 'table') return `${table.name}: ${table.reason}`
  if (change.kind === 'unknown') return change.reason ?? 'the statement does not tell which rows it concerns'
  if (change.kind === 'truncate') return 'all rows are gone'
  if (change.isNothing) return undefined
  return whyAllRows(change, table) ?? whyAllSets(change, table)
}

function whyAllRows(change: RowChange, { rowKey }: TablePrecision & { grain: 'row' }): string | undefined {
  if (change.kind === 'insert') return undefined
  if (rowKey === undefined) return 'the table has no key by which its rows are told apart'
  const rows = change.touched(rowKey.columns)
  if (rows === undefined)
    return `neither the condition nor the answer tells which rows it concerns by ${rowKey.columns.join(', ')}`
  if (rows.length > maxKeys) return `more than ${maxKeys} rows`
  return change.kind === 'delete' || change.assigned !== undefined
    ? undefined
    : 'the columns that it assigns cannot be told'
}

function whyAllSets(change: RowChange, { keys }: TablePrecision & { grain: 'row' }): string | undefined {
  const unknown = keys.filter(({ columns }) => {
    const entering = change.entering(columns)
    return entering === undefined || entering.length > maxKeys
  })
  if (unknown.length === 0) return undefined
  const names = unknown.map(({ columns }) => columns.join('+')).join(', ')
  return `neither the statement nor its answer tells what the rows have in ${names}`
}
