import { AsyncLocalStorage } from 'node:async_hooks'
import { Observers } from '@freshet/core/adapter'
import type { LiveCatalogue, RunQuery, SqlDialect, Statement } from '@freshet/sql'
import { createClassifier, createLiveCatalogue } from '@freshet/sql'
import type { DataSource, QueryRunner, ReplicationMode } from 'typeorm'
import { rowsOf } from './ask.js'
import type { SentRead } from '../precision/load-precision.js'
import { TappedConnection } from './tapped-connection.js'
import { isTapped, tapRunner } from './tapped-runner.js'

/** What is known of one load's own statements. */
export interface Load {
  /** One of them passed a tapped runner. */
  seen: boolean
  /** One of them may have seen what is not committed. */
  uncommitted: boolean
  /** The reads among them, with what they gave, if anybody wants to know. */
  readonly sent: SentRead[] | undefined
}

// On the DataSource itself and registered globally: whichever installed copy of the package wrapped it
// first, the second finds the tap and does not count every write twice.
const tapKey = Symbol.for('freshet.typeorm.tap')

interface Tapped {
  [tapKey]?: Tap
}

/**
 * Everything that passes between TypeORM and one database: every statement of every query runner.
 *
 * Transactions are statements here too, whether TypeORM begins them or the user does. What is awaited in here delays
 * the caller's own promise, so this is where a write waits for its invalidation.
 */
export class Tap {
  readonly dialect: SqlDialect
  readonly observers = new Observers<Statement>()
  readonly classify: (sql: string) => Statement
  /** What the database says of its tables. */
  readonly catalogue: LiveCatalogue
  /** Past the tap. */
  readonly ask: RunQuery
  /** Whether all runners share one connection, so that every read sees what an open transaction has not committed. */
  readonly isShared: boolean
  /** Grows whenever a transaction begins or ends. */
  visibleTransactions = 0
  /** Loads under way whose answers others may join. */
  loads = 0
  readonly #dataSource: DataSource
  readonly #connections = new WeakMap<object, TappedConnection>()
  readonly #load = new AsyncLocalStorage<Load>()

  constructor(
    dataSource: DataSource,
    dialect: SqlDialect,
    createQueryRunner: (mode?: ReplicationMode) => QueryRunner,
  ) {
    this.#dataSource = dataSource
    this.dialect = dialect
    this.classify = createClassifier(dialect)
    this.ask = (sql) => rowsOf(sql, dialect, dataSource, createQueryRunner)
    this.catalogue = createLiveCatalogue({
      dialect,
      onFailure: (cause) => this.observers.catalogueUnknown(cause),
    })
    this.isShared = dialect === 'sqlite'
  }

  /** Whether a read outside a transaction may see uncommitted rows at this moment. */
  get seesUncommitted(): boolean {
    // Looked up late: the driver has another after destroy() and initialize().
    return this.isShared && this.#connectionOf(this.#dataSource.driver)?.isOpen === true
  }

  /**
   * Why what a runner of the caller's reads may differ from what others read, if so: it is in a transaction, however
   * that began, its session has been changed, it reads from a replica, or its statements are not seen.
   */
  obstacleOf(runner: QueryRunner): string | undefined {
    if (runner.isTransactionActive) return 'transaction'
    if (runner.isReleased || !isTapped(runner)) return 'queryRunner'
    const { isReplicated } = this.#dataSource.driver
    if (isReplicated && (runner.getReplicationMode() as unknown) === 'slave') return 'replica'
    // Not connected yet, it is in no transaction, and of the session it will get nobody has seen a change.
    const connection = this.#connectionOf(runner)
    if (connection === undefined) return undefined
    if (connection.isOpen) return 'transaction'
    return connection.hasOwnSession ? 'session' : undefined
  }

  #connectionOf(holder: object): TappedConnection | undefined {
    const { databaseConnection } = holder as { readonly databaseConnection?: unknown }
    return isObject(databaseConnection) ? this.connection(databaseConnection) : undefined
  }

  /** The load whose statements run in this context, if any. */
  get currentLoad(): Load | undefined {
    return this.loads === 0 ? undefined : this.#load.getStore()
  }

  /** What is known of one physical connection of the driver's. */
  connection(physical: object): TappedConnection {
    let connection = this.#connections.get(physical)
    if (connection === undefined) {
      this.#connections.set(physical, (connection = new TappedConnection(this, physical)))
    }
    return connection
  }

  /** Runs a load, and tells whether its answer may be kept. */
  async load<T>(
    query: () => Promise<T>,
    sent?: SentRead[],
  ): Promise<{ readonly value: T; readonly mayKeep: boolean }> {
    const transactions = this.visibleTransactions
    const load: Load = { seen: false, uncommitted: this.seesUncommitted, sent }
    this.loads++
    try {
      const value = await this.#load.run(load, query)
      // In a pool, transactions come and go on other connections.
      const undisturbed = !this.isShared || this.visibleTransactions === transactions
      return { value, mayKeep: load.seen && !load.uncommitted && undisturbed }
    } finally {
      this.loads--
    }
  }
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null

/** The tap on a DataSource, placed now if it has none. Runners that it has already handed out are not seen. */
export function tapOn(dataSource: DataSource, dialect: SqlDialect): Tap {
  const tapped = dataSource as DataSource & Tapped
  const existing = tapped[tapKey]
  if (existing !== undefined) return existing
  const createQueryRunner = dataSource.createQueryRunner.bind(dataSource)
  const tap = new Tap(dataSource, dialect, createQueryRunner)
  // Every way into TypeORM comes here: managers, persistence, builders, migrations, the schema builder.
  Object.defineProperty(dataSource, 'createQueryRunner', {
    // By name: TypeORM hands over no more, and makes a runner for nearly every call.
    value: (mode?: ReplicationMode) => tapRunner(tap, createQueryRunner(mode)),
    writable: true,
    configurable: true,
  })
  Object.defineProperty(dataSource, tapKey, { value: tap })
  return tap
}
