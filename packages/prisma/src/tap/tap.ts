import { FreshetError } from '@freshet/core'
import type { Execution, Outcome, StatementAnswer, TappedPlace, Written } from '@freshet/core/adapter'
import { autocommit, Observers } from '@freshet/core/adapter'
import type { DefinitionChange, LiveCatalogue, RunQuery, Statement } from '@freshet/sql'
import { createClassifier, createLiveCatalogue } from '@freshet/sql'
import { dialectOf } from '../client/prisma-client.js'
import type { DriverConnection, DriverFactory, SqlQuery } from './driver.js'
import { rowsThrough } from './driver.js'
import { answerOf } from './answer.js'
import { outcomeOf } from './outcome.js'
import { probe } from './probe.js'
import { TappedConnection } from './tapped-connection.js'

// On the factory itself and registered globally: whichever installed copy of the package wrapped it
// first, the second finds the tap and does not count every write twice.
const tapKey = Symbol.for('freshet.prisma.tap')

/** Something to be done while the database works. It never throws, and may as well not be done. */
interface Preparing {
  prepare(): void
}

// What is done for one load alone finds all it needs gone from the processor's caches (4 µs, measured). As many as entries are put at once.
const batchOfLoads = 8
// Loads that fail before anything is sent stay here.
const maxUnprepared = 1_000

interface Tapped {
  [tapKey]?: Tap
}

/**
 * Everything that passes between Prisma and one database driver: every statement, every commit.
 *
 * The adapter's promise is the acknowledgement: whatever is awaited in here delays the caller's own
 * promise in every form of write that Prisma has, so this is where a write waits for its invalidation.
 */
export class Tap implements TappedPlace<Statement> {
  readonly factory: DriverFactory
  readonly observers = new Observers<Statement>()
  readonly classify: (sql: string) => Statement
  /** What the database says of its tables. It is asked past the tap. */
  readonly catalogue: LiveCatalogue
  /** Of the copy of the package that placed this tap: only that one's probes are seen by it. */
  readonly probe = probe
  /**
   * Whether reads outside a transaction see what an open one has not committed: drivers that hold one
   * connection for everybody.
   */
  readonly isShared: boolean
  /** Grows whenever a transaction begins or ends where reads could see into it. */
  visibleTransactions = 0
  /** Loads under way whose answers others may join. */
  loads = 0
  #openTransactions = 0
  #unprepared: Preparing[] = []
  /** Written outside a transaction while one was open on the same connection: it commits, or not, with that one. */
  readonly #writtenMeanwhile: Written<Statement>
  /** As {@link #writtenMeanwhile}, of definitions. */
  #changedMeanwhile: DefinitionChange | undefined
  readonly #connections = new Set<DriverConnection>()

  constructor(factory: DriverFactory) {
    this.factory = factory
    const dialect = dialectOf(factory)
    this.classify = createClassifier(dialect)
    this.catalogue = createLiveCatalogue({
      dialect,
      onFailure: (cause) => this.observers.catalogueUnknown(cause),
    })
    this.isShared = factory.provider === 'sqlite'
    this.#writtenMeanwhile = this.written()
  }

  /** Whether a read outside a transaction may see uncommitted rows at this moment. */
  get seesUncommitted(): boolean {
    return this.#openTransactions > 0
  }

  /** What is sent, as the rules of writes have it. */
  execution({ sql, args }: SqlQuery): Execution<Statement> {
    const statement = this.classify(sql)
    // What the write is to tell follows from what is asked for.
    if (statement.kind === 'write' && this.#unprepared.length > 0) this.#prepareAll()
    if (statement.changesSession) this.observers.sessionChanged(sql)
    return { statement, parameters: args }
  }

  /** Prepares a load before the next write is sent, or with some others while the database works. */
  prepareLater(load: Preparing): void {
    if (this.#unprepared.length === maxUnprepared) this.#unprepared = []
    this.#unprepared.push(load)
  }

  /** A statement is being sent. Drivers do so at the next tick themselves, if their connection is free. */
  sending(): void {
    if (this.#unprepared.length > batchOfLoads) process.nextTick(this.#useTime)
  }

  /** What has been answered meanwhile is prepared by being kept. */
  readonly #useTime = (): void => {
    this.observers.idle()
    this.#prepareAll()
  }

  #prepareAll(): void {
    const loads = this.#unprepared
    this.#unprepared = []
    for (const load of loads) load.prepare()
  }

  written(): Written<Statement> {
    return this.observers.written()
  }

  outcomeOf(error: unknown): Outcome {
    return outcomeOf(error, this.factory.provider)
  }

  answerOf(result: unknown): StatementAnswer {
    return answerOf(result, this.factory.adapterName)
  }

  carriedOut(_: Execution<Statement>, written: Written<Statement>): void {
    if (this.seesUncommitted) this.leftOpen(written)
  }

  /** A writing statement of its own: no transaction is around it, so it commits by itself. */
  autocommit<T>(execution: Execution<Statement>, send: () => Promise<T>): Promise<T> {
    return autocommit(this, execution, send)
  }

  /** Whether anything is connected through it: then the database has been asked what its tables are. */
  get isConnected(): boolean {
    return this.#connections.size > 0
  }

  /** A connection is about to be handed out: what its reads depend on is known from the first one on. */
  async connected(inner: DriverConnection): Promise<void> {
    this.#connections.add(inner)
    await this.catalogue.ask(this.ask)
  }

  /** While nobody is connected, others may change definitions unseen. */
  disconnected(inner: DriverConnection): void {
    this.#connections.delete(inner)
    if (this.#connections.size === 0) this.catalogue.forget()
  }

  /** Past the tap, through whatever connection there is by then. */
  readonly ask: RunQuery = async (sql) => {
    const connection = [...this.#connections].at(-1)
    if (connection === undefined) throw new Error('The connection to the database was closed')
    return await rowsThrough(connection, sql)
  }

  /**
   * What may have changed definitions has been carried out.
   *
   * @param mayStillCome perhaps it has not, and will be
   */
  changed(change: DefinitionChange, mayStillCome: boolean): void {
    if (this.seesUncommitted) this.changeLeftOpen(change)
    else void change.ended(mayStillCome ? undefined : this.ask)
  }

  /** As {@link leftOpen}, of definitions. */
  changeLeftOpen(change: DefinitionChange): void {
    if (this.#changedMeanwhile === undefined) this.#changedMeanwhile = change
    else void change.ended(undefined)
  }

  /** A transaction is about to begin into which reads can see. */
  transactionBegins(): void {
    this.#openTransactions++
    this.visibleTransactions++
  }

  /** It belongs to a transaction that others began; whoever ends that will commit, or not, what was written. */
  leftOpen(written: Written<Statement>): void {
    this.#writtenMeanwhile.addAll(written)
  }

  /** It has ended, either way. */
  async transactionEnded(): Promise<void> {
    if (this.#openTransactions > 0) this.#openTransactions--
    this.visibleTransactions++
    if (this.#openTransactions > 0) return
    void this.#changedMeanwhile?.ended(this.ask)
    this.#changedMeanwhile = undefined
    if (this.#writtenMeanwhile.isEmpty) return
    const ended = this.#writtenMeanwhile.invalidate('a write beside a transaction on the same connection')
    this.#writtenMeanwhile.clear()
    await ended
  }
}

/**
 * The tap on an adapter's factory, placed now if it has none. Connections that the factory has already
 * handed out are not seen, so this belongs before the first query.
 *
 * @throws FreshetError WRITES_NOT_VISIBLE if `connect` cannot be replaced.
 */
export function tapOn(factory: DriverFactory): Tap {
  const tapped = factory as DriverFactory & Tapped
  const existing = tapped[tapKey]
  if (existing !== undefined) return existing
  const tap = new Tap(factory)
  const connect = factory.connect.bind(factory)
  const tappedConnect = async (): Promise<DriverConnection> => {
    const inner = await connect()
    await tap.connected(inner)
    return new TappedConnection(tap, inner).asConnection()
  }
  try {
    // The key last: a factory that carries it counts as tapped.
    factory.connect = tappedConnect
    Object.defineProperty(factory, tapKey, { value: tap })
  } catch (cause) {
    throw new FreshetError(
      'WRITES_NOT_VISIBLE',
      `The driver adapter ${factory.adapterName} does not let its connect() be wrapped, so writes through it could not be seen and nothing may be cached. Pass an adapter that is not frozen.`,
      { cause },
    )
  }
  return tap
}
