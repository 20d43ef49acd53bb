import type { SqlDialect } from '../dialect.js'
import type { ValueType } from './value-type.js'

/** A column as the database's catalogue knows it. */
export interface KnownColumn {
  /** As the catalogue spells it. */
  readonly name: string
  /** From `valueTypeOf`; `undefined`: no value of it is told from another. */
  readonly type: ValueType | undefined
  /**
   * Whether a NULL that is given is stored as NULL. False for `NOT NULL` (MySQL may store a zero or an empty string
   * instead) and for keys that the database makes in its stead (`AUTO_INCREMENT`, SQLite's `INTEGER PRIMARY KEY`).
   */
  readonly nullable: boolean
  /** Whether the database fills it in where a row is inserted without it: a default, an identity, a computed column. */
  readonly hasDefault: boolean
  /** Whether it is the key that the driver reports as the last one made. Default: it is not. */
  readonly isGeneratedKey?: boolean | undefined
  /** Whether policies of its table may keep a statement from rows that its condition chooses. Default: they do not. */
  readonly hasRowSecurity?: boolean | undefined
  /** Whether it holds a number: a counter, an amount, a measure. Default: it does not. */
  readonly isNumber?: boolean | undefined
}

/** A column, and the name by which a statement's plan knows it. */
export interface SpeltColumn {
  readonly column: KnownColumn
  readonly spelling: string
}

/** The columns of one table. */
export interface KnownColumns {
  readonly dialect: SqlDialect
  readonly all: readonly KnownColumn[]
  /** All keys by which a new row may meet one that is there, by their columns; `undefined`: there may be others. */
  readonly uniqueKeys: readonly (readonly SpeltColumn[])[] | undefined
  /** The column that a statement's plan calls `spelling`: PostgreSQL tells case apart, the others do not. */
  find(spelling: string): KnownColumn | undefined
  /** The column of that name in the catalogue. */
  named(name: string): SpeltColumn | undefined
}

/**
 * Makes the columns of a table known.
 *
 * @param uniqueKeys the columns of its primary and unique keys, if they are all and of whole columns. Default: not known
 *
 * @example
 * const type = valueTypeOf('postgresql', { type: 'integer' })
 * knownColumns('postgresql', [{ name: 'id', type, nullable: false, hasDefault: true }])
 */
export function knownColumns(
  dialect: SqlDialect,
  columns: readonly KnownColumn[],
  uniqueKeys?: readonly (readonly string[])[],
): KnownColumns {
  const bySpelling = new Map<string, KnownColumn>()
  const byName = new Map<string, SpeltColumn>()
  for (const column of columns) {
    const spelling = dialect === 'postgresql' ? column.name : fold(column.name)
    bySpelling.set(spelling, column)
    byName.set(column.name, { column, spelling })
  }
  const keys = uniqueKeys?.map((key) => key.map((name) => byName.get(name)!))
  return {
    dialect,
    all: columns,
    uniqueKeys: keys?.every((key) => key.every((spelt) => spelt !== undefined)) === true ? keys : undefined,
    find: (spelling) => bySpelling.get(spelling),
    named: (name) => byName.get(name),
  }
}

/** The names of those that hold numbers. */
export const numbersAmong = ({ all }: KnownColumns): readonly string[] =>
  all.filter(({ isNumber }) => isNumber === true).map(({ name }) => name)

/** In lower case, but for letters outside ASCII: how the server compares these is not known. */
export const fold = (name: string): string => name.replace(/[A-Z]+/g, (part) => part.toLowerCase())
