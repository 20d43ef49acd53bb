/** A connection as drivers have it, as far as it tells about transactions. */
interface Physical {
  /** `better-sqlite3` */
  readonly inTransaction?: unknown
  /** `pg` since 8.17: `I` idle, `T` in a transaction, `E` in one that has failed; null before the first answer. */
  readonly getTransactionStatus?: unknown
}

/**
 * Whether the database itself says that a transaction is open on this connection.
 *
 * @returns `undefined` if the driver does not tell. `pg` tells as of the last statement that succeeded.
 */
export function inTransaction(connection: object): boolean | undefined {
  const { inTransaction: open, getTransactionStatus } = connection as Physical
  if (typeof open === 'boolean') return open
  if (typeof getTransactionStatus !== 'function') return undefined
  const status: unknown = getTransactionStatus.call(connection)
  return typeof status === 'string' ? status !== 'I' : undefined
}
