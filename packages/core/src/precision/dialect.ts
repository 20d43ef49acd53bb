import { encodeCanonical } from '../canonical.js'
import { digest } from '../digest.js'
import type { Dialect } from '../store.js'
import type { PreciseTable, TablePrecision } from './table-precision.js'

/** Grows when a version of Freshet tells other things apart, or names them otherwise. */
const version = 1
// 96 bits. It stands in each generation of its table.
const idLength = 16

/** What this process means by a table's tags: what its writes tell apart, and its reads rely on. */
function dialectOf(table: PreciseTable): Dialect {
  const { rowKey, keys, volatile, selfChanging, columns, texts } = table
  const named = [...new Set(keys.flatMap((key) => key.columns))].toSorted()
  const meaning = encodeCanonical([
    version,
    rowKey?.columns ?? null,
    keys.map((key) => key.columns.join('\n')).toSorted(),
    named.map((name) => columns.named(name)?.column ?? name),
    [...volatile].toSorted(),
    [...selfChanging].toSorted(),
  ])
  return { id: digest(meaning ?? 'unknown').slice(0, idLength), clock: texts.clock }
}

/**
 * Those of tables that are told apart, by the tables' tags. Of the others nothing need be agreed on: every write changes what every
 * read of them carries.
 *
 * @param names of all tables that reads may be told apart in
 */
export function dialectsOf(
  names: Iterable<string>,
  tables: { of(table: string): TablePrecision },
): ReadonlyMap<string, Dialect> {
  const dialects = new Map<string, Dialect>()
  for (const name of names) {
    const table = tables.of(name)
    if (table.grain === 'row') dialects.set(table.texts.table, dialectOf(table))
  }
  return dialects
}
