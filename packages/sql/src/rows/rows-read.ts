import type { SqlDialect } from '../dialect.js'
import type { TableName } from '../facts.js'
import { lexicalModes } from '../lexical-mode.js'
import { NotUnderstood } from '../not-understood.js'
import { statementRanges } from '../split.js'
import { tokenize } from '../tokenizer.js'
import { setOfWords } from '../words.js'
import { wordAt } from '../tokens.js'
import { endOfClause, findClauses } from './clauses.js'
import type { KnownColumns } from './columns.js'
import { readFromList } from './from-list.js'
import type { KeyValues } from './key-values.js'
import { normalValue, type NormalValue } from './normal-value.js'
import { readReturning, type Returning } from './returning.js'
import { mayBeSql } from './statement-values.js'
import type { ValueType } from './value-type.js'
import { type Field, fieldOf, valueAt } from './written-text.js'

/** The columns of one table's rows that a query gives as they are. */
export interface RowsReadPlan {
  readonly table: TableName
  readonly columns: NonNullable<Returning>
  /** It shows what rows have now, whatever the transaction was shown before. */
  readonly locks: boolean
}

const clauseWords = setOfWords(`
  from where group having window order limit offset fetch for lock union intersect except minus into procedure`)
const understood = setOfWords('from where order limit offset for')
const locks = setOfWords('update share no key')
const notRows = setOfWords('distinct distinctrow all high_priority straight_join top')

/**
 * The plan of a query that gives rows of one table as they are: one SELECT of one table, which groups nothing.
 *
 * @returns `undefined` for any other.
 */
export function planRowsRead(sql: string, dialect: SqlDialect): RowsReadPlan | undefined {
  try {
    return planOf(sql, dialect)
  } catch (error) {
    if (error instanceof NotUnderstood) return undefined
    throw error
  }
}

function planOf(sql: string, dialect: SqlDialect): RowsReadPlan | undefined {
  const source = tokenize(sql, dialect, lexicalModes[dialect][0])
  const [statement, ...others] = source.ambiguous ? [] : statementRanges(source)
  if (statement === undefined || others.length > 0) return undefined
  const { from, end } = statement
  if (wordAt(source, from) !== 'select' || notRows.has(wordAt(source, from + 1))) return undefined
  const clauses = findClauses(source, from + 1, end, clauseWords)
  const list = clauses?.get('from')
  if (clauses === undefined || list === undefined) return undefined
  for (const [word, at] of clauses) {
    if (!understood.has(word)) return undefined
    // MariaDB's FOR SYSTEM_TIME gives what rows were once.
    if (word === 'for' && !locks.has(wordAt(source, at + 1))) return undefined
  }
  const [item, ...joined] = readFromList(source, list + 1, endOfClause(clauses, list, end))
  if (item?.table === undefined || joined.length > 0) return undefined
  const isOurs = ({ qualifier }: { readonly qualifier: string | undefined }) =>
    qualifier === undefined || qualifier === item.reference
  const columns = readReturning(source, from + 1, list, isOurs)
  return columns && { table: item.table, columns, locks: clauses.has('for') }
}

/** A row that a query has given. */
export interface RowRead {
  readonly key: KeyValues
  /** By its name in the catalogue; `null`: NULL, `undefined`: not told. */
  valueOf(column: string): NormalValue
}

/** The rows of one table that a query has given; those that do not show the key are left out. */
export interface RowsRead {
  readonly table: TableName
  /** The columns that it shows as they are, as the catalogue spells them. */
  readonly columns: readonly string[]
  rowsWith(key: readonly string[]): readonly RowRead[]
}

/**
 * What a query has given of one table's rows.
 *
 * @param statement one object as long as its text is remembered
 * @param rows lists in the order of what it selects, or objects by the names
 */
export type StatementReads = (
  statement: { readonly sql: string },
  parameters: readonly unknown[] | undefined,
  rows: readonly unknown[],
) => RowsRead | undefined

/**
 * Make another one when the tables are others.
 *
 * @param columnsOf those of a table that a text names; `undefined`: nothing may be told of its rows
 */
export function createStatementReads(
  dialect: SqlDialect,
  columnsOf: (table: TableName) => KnownColumns | undefined,
): StatementReads {
  const known = new WeakMap<object, { readonly read: ReadText | undefined }>()
  return (statement, parameters, rows) => {
    let told = known.get(statement)
    if (told === undefined)
      known.set(statement, (told = { read: readText(planRowsRead(statement.sql, dialect), columnsOf) }))
    const { read } = told
    if (read === undefined || mayBeSql(parameters, dialect)) return undefined
    return {
      table: read.table,
      columns: [...read.fields.keys()],
      rowsWith: (key) => rows.flatMap((row) => rowOf(row, key, read) ?? []),
    }
  }
}

/** What a text gives, with the columns of its table. */
interface ReadText {
  readonly table: TableName
  /** By the names of columns in the catalogue. */
  readonly fields: ReadonlyMap<string, { readonly type: ValueType | undefined; readonly field: Field }>
}

function readText(
  plan: RowsReadPlan | undefined,
  columnsOf: (table: TableName) => KnownColumns | undefined,
): ReadText | undefined {
  const columns = plan && columnsOf(plan.table)
  if (columns === undefined) return undefined
  const fields = new Map<string, { type: ValueType | undefined; field: Field }>()
  for (const { name } of columns.all) {
    const { column, spelling } = columns.named(name)!
    // NULL + 1 is NULL: InnoDB does not write such a row, and shows what it had when the transaction first looked.
    if (columns.dialect === 'mysql' && column.nullable && !plan!.locks) continue
    const field = fieldOf(plan!.columns, column, spelling)
    if (field !== undefined) fields.set(name, { type: column.type, field })
  }
  return { table: plan!.table, fields }
}

function rowOf(row: unknown, key: readonly string[], { fields }: ReadText): RowRead | undefined {
  const valueOf = (name: string): NormalValue => {
    const shown = fields.get(name)
    return shown && normalValue(shown.type, valueAt(row, shown.field))
  }
  // Of texts several that are not equal may have one normal form.
  if (key.some((name) => fields.get(name)?.type?.kind === 'text')) return undefined
  const values = key.map(valueOf)
  return values.every((value) => typeof value === 'string') ? { key: values, valueOf } : undefined
}
