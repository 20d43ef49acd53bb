import { isTagOf } from './tag-texts.js'

/** What an answer depends on in one table, for people. */
export interface TableExplanation {
  /** The table's tag. */
  readonly table: string
  /** `table`: any write to it stops the answer. */
  readonly precision: 'row' | 'table'
  readonly tags: readonly string[]
  /** Why writes stop it that need not, each once. */
  readonly reasons: readonly string[]
}

/**
 * Tells of each table which of an answer's tags are its own, and what has been widened.
 *
 * @param reasons why, by the tables' tags
 */
export function explainTables(
  tables: Iterable<string>,
  tags: readonly string[],
  isWide: (table: string) => boolean,
  reasons: Iterable<readonly [table: string, reason: string]>,
): readonly TableExplanation[] {
  const byTable = new Map<string, Set<string>>()
  for (const [table, reason] of reasons) byTable.set(table, (byTable.get(table) ?? new Set()).add(reason))
  return Array.from(tables, (table) => ({
    table,
    precision: isWide(table) ? 'table' : 'row',
    tags: tags.filter((tag) => isTagOf(tag, table)),
    reasons: [...(byTable.get(table) ?? [])],
  }))
}

/** Of an answer that several statements make. */
export function mergeExplanations(
  explanations: readonly (readonly TableExplanation[])[],
): readonly TableExplanation[] {
  const merged = new Map<string, TableExplanation>()
  for (const one of explanations.flat()) {
    const before = merged.get(one.table)
    const isWide = one.precision === 'table' || before?.precision === 'table'
    merged.set(one.table, {
      table: one.table,
      precision: isWide ? 'table' : 'row',
      tags: [...new Set([...(before?.tags ?? []), ...one.tags])],
      reasons: [...new Set([...(before?.reasons ?? []), ...one.reasons])],
    })
  }
  return [...merged.values()]
}
