import type { SqlDialect } from '../dialect.js'

/**
 * A kind of column for which it is known which values the database calls equal.
 *
 * `integer`: of the range that the column can hold. `uuid`: the native type. `text`: under any collation for which
 * the normal form was measured to be coarser than its equality; `maxLength` in characters, if the column has one.
 */
export type ValueType =
  IntegerType | { readonly kind: 'uuid' } | { readonly kind: 'text'; readonly maxLength?: number }

export interface IntegerType {
  readonly kind: 'integer'
  readonly min: bigint
  readonly max: bigint
  /** The same, or the nearest beyond them, as numbers: these are compared with numbers ten times faster. */
  readonly range?: readonly [min: number, max: number]
}

/** What a database's catalogue says of a column's type. */
export interface DeclaredType {
  /**
   * As the catalogue writes it, in any case: PostgreSQL's `format_type()`, MySQL's `information_schema.COLUMN_TYPE`,
   * the type in SQLite's `PRAGMA table_xinfo`.
   */
  readonly type: string
  /** MySQL's `COLLATION_NAME`; SQLite's `COLLATE`. Absent: the column has none, or it is not known. */
  readonly collation?: string | undefined
  /**
   * PostgreSQL: `collisdeterministic` of the column's collation. Under one that is not, strings may be equal that are
   * written in other characters.
   */
  readonly isDeterministic?: boolean | undefined
}

const uuid: ValueType = Object.freeze({ kind: 'uuid' })

const integers: Readonly<Record<SqlDialect, Readonly<Record<string, number>>>> = {
  postgresql: { smallint: 16, integer: 32, bigint: 64, int2: 16, int4: 32, int8: 64 },
  mysql: { tinyint: 8, smallint: 16, mediumint: 24, int: 32, integer: 32, bigint: 64 },
  // The declared width means nothing to SQLite: all that have integer affinity hold 64 bits.
  sqlite: { integer: 64, int: 64, bigint: 64, smallint: 64, mediumint: 64, tinyint: 64, int2: 64, int8: 64 },
}

const texts: Readonly<Record<SqlDialect, ReadonlySet<string>>> = {
  postgresql: new Set(['text', 'character varying', 'varchar', 'character', 'char', 'bpchar', 'citext']),
  mysql: new Set(['char', 'varchar', 'tinytext', 'text', 'mediumtext', 'longtext']),
  sqlite: new Set(['text', 'varchar', 'character varying', 'char', 'character', 'nvarchar', 'nchar', 'clob']),
}

const numbers: Readonly<Record<SqlDialect, readonly string[]>> = {
  postgresql: ['numeric', 'decimal', 'real', 'double precision', 'money'],
  mysql: ['decimal', 'numeric', 'float', 'double', 'real', 'double precision'],
  sqlite: ['numeric', 'decimal', 'float', 'double', 'real', 'double precision'],
}

const mysqlBytes: Readonly<Record<string, number>> = { tinytext: 255, text: 65_535, mediumtext: 16_777_215 }

/** The types that {@link valueTypeOf} knows, by dialect, as its catalogue spells them without length and sign. */
export const soundTypes: Readonly<Record<SqlDialect, readonly string[]>> = {
  postgresql: [...Object.keys(integers.postgresql), 'uuid', ...texts.postgresql],
  mysql: [...Object.keys(integers.mysql), 'uuid', ...texts.mysql],
  sqlite: [...Object.keys(integers.sqlite), ...texts.sqlite],
}

/**
 * How values of a column are made comparable; `undefined`: not known, so that no value of it may be told from another
 * and everything that names one is widened. That holds for decimals, floats, dates, bytes, booleans, enums, JSON, and for
 * text whose collation was not measured (MySQL 8's `0900` collations, PostgreSQL's nondeterministic ones, SQLite's
 * collations made by an application).
 *
 * @example
 * valueTypeOf('mysql', { type: 'varchar(191)', collation: 'utf8mb4_unicode_ci' }) // { kind: 'text', maxLength: 191 }
 * valueTypeOf('postgresql', { type: 'numeric(10,2)' }) // undefined
 */
export function valueTypeOf(dialect: SqlDialect, declared: DeclaredType): ValueType | undefined {
  const parts = /^([a-z][a-z0-9_ ]*?)\s*(?:\(\s*(\d+)\s*\))?((?:\s+(?:unsigned|signed|zerofill))*)$/.exec(
    declared.type.trim().toLowerCase(),
  )
  if (parts === null) return undefined
  const [, name = '', length, signs = ''] = parts
  const bits = Object.hasOwn(integers[dialect], name) ? integers[dialect][name] : undefined
  if (bits !== undefined) return signs !== '' && dialect !== 'mysql' ? undefined : integer(bits, signs)
  if (signs !== '') return undefined
  if (name === 'uuid' && dialect !== 'sqlite') return uuid
  return texts[dialect].has(name) && isMeasured(dialect, declared) ? text(dialect, name, length) : undefined
}

/**
 * Whether columns of this type hold numbers. Truth values are none, also where MySQL keeps them as `tinyint(1)`.
 *
 * @param type as {@link DeclaredType}
 */
export function isNumberType(dialect: SqlDialect, type: string): boolean {
  const parts = /^([a-z][a-z0-9 ]*?)\s*(\([^)]*\))?(?:\s+(?:unsigned|signed|zerofill))*$/.exec(
    type.trim().toLowerCase(),
  )
  const [, name = '', length] = parts ?? []
  if (dialect === 'mysql' && name === 'tinyint' && length === '(1)') return false
  return Object.hasOwn(integers[dialect], name) || numbers[dialect].includes(name)
}

/** ZEROFILL makes a MySQL column unsigned. */
function integer(bits: number, signs: string): ValueType {
  const count = 1n << BigInt(bits)
  const isUnsigned = /unsigned|zerofill/.test(signs)
  const [min, max] = isUnsigned ? [0n, count - 1n] : [-count / 2n, count / 2n - 1n]
  return { kind: 'integer', min, max, range: [Number(min), Number(max)] }
}

function text(dialect: SqlDialect, name: string, length: string | undefined): ValueType {
  if (dialect === 'sqlite') return { kind: 'text' }
  const isSingle = /^(?:char|character)$/.test(name)
  const maxLength = length === undefined ? (isSingle ? 1 : mysqlLimit(dialect, name)) : Number(length)
  return maxLength === undefined ? { kind: 'text' } : { kind: 'text', maxLength }
}

const mysqlLimit = (dialect: SqlDialect, name: string): number | undefined =>
  dialect === 'mysql' && Object.hasOwn(mysqlBytes, name) ? mysqlBytes[name] : undefined

/** Whether the normal form of text was held against this collation. */
function isMeasured(dialect: SqlDialect, { collation, isDeterministic }: DeclaredType): boolean {
  switch (dialect) {
    case 'postgresql':
      return isDeterministic === true
    case 'mysql':
      return collation !== undefined && /^utf8mb4_/i.test(collation) && !/0900/.test(collation)
    case 'sqlite':
      return collation === undefined || /^(?:binary|nocase|rtrim)$/i.test(collation)
  }
}
