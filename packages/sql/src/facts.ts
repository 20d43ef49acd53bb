/** A table (or view) as a statement names it: lower case, without quotes. */
export interface TableName {
  /** The schema (PostgreSQL), database (MySQL) or attached database (SQLite), if one is written. */
  readonly schema?: string
  readonly name: string
}

/**
 * What a statement does to a table's rows.
 *
 * `upsert` inserts or updates, `replace` inserts and deletes, `merge` may do all three, `truncate` deletes every
 * row, `refresh` recomputes a materialized view, `create` makes the table (`SELECT … INTO t`).
 */
export type WriteAction =
  'insert' | 'update' | 'delete' | 'upsert' | 'replace' | 'merge' | 'truncate' | 'refresh' | 'create'

/** One table that a statement writes. */
export interface TableWrite {
  readonly table: TableName
  readonly action: WriteAction
  /** Only of `truncate`: whether tables with foreign keys to this one are emptied too. */
  readonly cascade?: true
  /** Only of `update` and `upsert`: the columns that rows which exist may be given. Absent: the text does not tell. */
  readonly columns?: readonly string[]
}

/**
 * What a statement is to a cache.
 *
 * `read`: gives rows, changes none. `write`: changes the rows of the tables in `writes`, and of no other.
 * `transaction`: begins, ends or marks a transaction. `ddl`: may change definitions or anything else; the whole
 * namespace is concerned. `harmless`: changes no row and no definition that a result can show.
 *
 * `read`, `write` and `harmless` say nothing about the functions in `calls`.
 */
export type StatementEffect = 'read' | 'write' | 'transaction' | 'ddl' | 'harmless'

/** What a statement of effect `transaction` does. */
export type TransactionControl =
  | { readonly control: 'begin' }
  /** `chain`: a new transaction begins at once. */
  | { readonly control: 'commit' | 'rollback'; readonly chain: boolean }
  | { readonly control: 'savepoint' | 'release' | 'rollbackTo'; readonly name: string }
  /** `PREPARE TRANSACTION`: how it ends is decided elsewhere. */
  | { readonly control: 'prepare' }
  /** MySQL's `SET autocommit`: off begins transactions without a word, on commits the one that is open. */
  | { readonly control: 'autocommit'; readonly enabled: boolean }

/** What is known of one statement. All lists are distinct and in order of appearance. */
export interface StatementFacts {
  /** The word that says what is done, in lower case: `select`, `insert`, `create`, `begin`, … */
  readonly verb: string
  readonly effect: StatementEffect
  /** Tables that are read. May hold more than the truth (a column after `FROM` in some function), never less. */
  readonly reads: readonly TableName[]
  readonly writes: readonly TableWrite[]
  /** Whether rows are locked (`FOR UPDATE`, `FOR SHARE`, `LOCK IN SHARE MODE`). */
  readonly locks: boolean
  /**
   * Whether later statements of the session may see other rows or values: roles, search path, user settings and
   * variables, another database.
   */
  readonly session: boolean
  /** Whether an open transaction is committed by the way (MySQL: DDL, `LOCK TABLES`, `BEGIN`, …). */
  readonly commitsImplicitly: boolean
  /**
   * Functions that are called and are not known to be harmless, in lower case, with their schema if written.
   * A text that an ORM made can ignore them; one that a user wrote may change anything through them.
   */
  readonly calls: readonly string[]
  /** The table or view that is created for this session only. It hides a table of the same name. */
  readonly temporary?: TableName
  /** Only where `effect` is `transaction`. */
  readonly transaction?: TransactionControl
}

/** One table that a text writes, and how: what a cascade depends on. */
export interface WrittenTable {
  readonly table: TableName
  /** Rows may be added. */
  readonly inserts: boolean
  /** Rows that exist may be changed, their keys included. */
  readonly updates: boolean
  /** Rows may go. */
  readonly deletes: boolean
  /** `TRUNCATE … CASCADE`. */
  readonly truncateCascades: boolean
}

/** A text of which every statement was understood. */
export interface UnderstoodSql {
  readonly kind: 'understood'
  readonly statements: readonly StatementFacts[]
  /** Whether any statement has the effect `write` or `ddl`. */
  readonly writesAnything: boolean
  /** Whether any statement has the effect `ddl`: the whole namespace is concerned. */
  readonly changesDefinitions: boolean
  /** The distinct tables written, by schema and name. */
  readonly writtenTables: readonly WrittenTable[]
  /** The distinct tables read. */
  readonly readTables: readonly TableName[]
  /** Whether any statement is of effect `transaction`, or commits by the way. */
  readonly controlsTransaction: boolean
  /** Whether any statement changes the session. */
  readonly session: boolean
  /** The functions of all statements that are not known to be harmless. */
  readonly calls: readonly string[]
}

/**
 * A text that was not understood, in whole or in part. It may read, write, change and commit anything.
 */
export interface UnknownSql {
  readonly kind: 'unknown'
  /** Why, in a few words without values from the text's strings. */
  readonly reason: string
}

/** What a SQL text does. */
export type StatementAnalysis = UnderstoodSql | UnknownSql
