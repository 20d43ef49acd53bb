import type { Collector } from './collector.js'
import type { TableName } from './facts.js'
import type { Scope } from './scope.js'
import type { TokenizedSql } from './tokens.js'

/** A statement under analysis: its tokens, and where to put what is found. */
export interface Context {
  readonly source: TokenizedSql
  readonly found: Collector
  /**
   * Walks a whole statement that gives or changes rows, and returns the word that says what is done. Statements and
   * clauses nest in each other; this is how clauses reach statements.
   */
  readonly walkRowsStatement: (
    context: Context,
    from: number,
    end: number,
    scope: Scope | undefined,
  ) => string
}

/** A table of a FROM list or of a list of tables to write. */
export interface TableReference {
  readonly table: TableName
  readonly alias: string | undefined
}

/** How a stretch of tokens is to be read. */
export interface Level {
  readonly scope: Scope | undefined
  /** Whether clauses stand here; else it is an expression, in which `FROM` belongs to a function's syntax. */
  readonly isQuery: boolean
  /** Whether it begins inside a list of tables. */
  readonly startsWithTables?: boolean
  /** Where the tables of that list go, instead of being read. */
  readonly references?: TableReference[]
  /** Whether the first `USING` begins a list of tables (DELETE, MERGE). */
  readonly usingBeginsTables?: boolean
  /** Whether `THEN INSERT`, `THEN UPDATE` and `THEN DELETE` are expected (MERGE). */
  readonly isMerge?: boolean
}
