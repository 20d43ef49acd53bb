/**
 * What the rules of writes ask of a statement. Whoever reads SQL tells it: core reads none.
 */
export interface TappedStatement {
  readonly sql: string
  /** Of kind `write` it may change rows. */
  readonly kind: string
  /** One statement, understood: an error of the server's proves that it did nothing. */
  readonly isSingle: boolean
  /** Why it cannot be told what it writes, if so. */
  readonly unknownReason: string | undefined
}

/**
 * One sending of a statement. A statement is one object as long as its text is remembered, so what depends on the text
 * alone is kept by it; what a single sending touches follows from the values as well.
 */
export interface Execution<Statement> {
  readonly statement: Statement
  /** The values for its placeholders, as the driver is given them; not known: `undefined`. */
  readonly parameters: readonly unknown[] | undefined
}

/** What a statement gave back, as far as that tells which rows it concerned. */
export interface StatementAnswer {
  /** All rows that it returned itself: lists in the order of its RETURNING, or objects by the columns' names. */
  readonly returned?: readonly unknown[] | undefined
  /** The key that the driver says the database made for the one row inserted. */
  readonly generatedKey?: unknown
  /** How many rows the database says that it inserted, changed or deleted. Default: it does not say. */
  readonly affected?: number | undefined
}
