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
  /** How many rows the database says that this very statement inserted, changed or deleted. */
  readonly affected?: number | undefined
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

// No longer text is a key, nor is what many rows have remembered.
const maxText = 1000
const maxElements = 100
const maxRows = 20

/** Values that nobody else can change, without those that are large: of these nothing is known then. */
export function ownValues({
  parameters,
  returned,
  generatedKey,
  affected,
}: StatementValues): StatementValues {
  const rows = returned === undefined || returned.length > maxRows ? undefined : returned.map(ownRow)
  return {
    parameters: parameters?.map(ownParameter),
    returned: rows,
    generatedKey: ownValue(generatedKey),
    affected: affected ?? returned?.length,
  }
}

const ownParameter = (value: unknown): unknown =>
  Array.isArray(value) && value.length <= maxElements ? value.map(ownValue) : ownValue(value)

function ownRow(row: unknown): unknown {
  if (Array.isArray(row)) return row.map(ownValue)
  if (typeof row !== 'object' || row === null) return undefined
  const own: Record<string, unknown> = Object.create(null) as Record<string, unknown>
  for (const [name, value] of Object.entries(row)) own[name] = ownValue(value)
  return own
}

function ownValue(value: unknown): unknown {
  if (typeof value === 'object') return value === null ? null : undefined
  return typeof value === 'string' && value.length > maxText ? undefined : value
}
