import type { SqlDialect } from '../dialect.js'

/** What one sending of a statement adds to its text. */
export interface StatementValues {
  /** The values for its placeholders, as the driver is given them; not known: `undefined`. */
  readonly parameters: readonly unknown[] | undefined
  /**
   * All the rows that the statement itself gave back, once it has answered: lists of values in the order of its
   * RETURNING, or objects by the columns' names. Never rows of another statement.
   */
  readonly returned?: readonly unknown[] | undefined
  /** The key that the driver says the database made for the one row inserted (`insertId`, `lastInsertRowid`). */
  readonly generatedKey?: unknown
}

/**
 * Whether the given values may change what the text says: MySQL's drivers write values into the text, and an object
 * becomes a list of assignments there, or SQL of its own.
 */
export function mayBeSql(parameters: readonly unknown[] | undefined, dialect: SqlDialect): boolean {
  if (dialect !== 'mysql' || parameters === undefined) return false
  for (let i = 0; i < parameters.length; i++) {
    const value = parameters[i]
    if (typeof value === 'object' && value !== null && !isScalar(value)) return true
  }
  return false
}

const isScalar = (value: object): boolean => value instanceof Date || ArrayBuffer.isView(value)
