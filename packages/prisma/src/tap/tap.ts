import { FreshetError } from '@freshet/core'
import { dialectOf } from '../client/prisma-client.js'
import type { DriverConnection, DriverFactory, DriverTransaction } from './driver.js'
import { override } from './driver.js'
import type { WriteObserver } from './observer.js'
import { Written } from './observer.js'
import { outcomeOf } from './outcome.js'
import { markPassage } from './probe.js'
import type { Statement } from './statement.js'
import { createClassifier } from './statement.js'
import { TappedTransaction } from './tapped-transaction.js'

// On the factory itself and registered globally: whichever installed copy of the package wrapped it
// first, the second finds the tap and does not count every write twice.
const tapKey = Symbol.for('freshet.prisma.tap')

interface Tapped {
  [tapKey]?: Tap
}

/**
 * Everything that passes between Prisma and one database driver: every statement, every commit.
 *
 * The adapter's promise is the acknowledgement: whatever is awaited in here delays the caller's own
 * promise in every form of write that Prisma has, so this is where a write waits for its invalidation.
 */
export class Tap {
  readonly factory: DriverFactory
  readonly observers = new Set<WriteObserver>()
  readonly classify: (sql: string) => Statement
  /**
   * Whether reads outside a transaction see what an open one has not committed: drivers that hold one
   * connection for everybody.
   */
  readonly isShared: boolean
  /** Grows whenever a transaction begins or ends where reads could see into it. */
  visibleTransactions = 0
  #openTransactions = 0
  /** Written outside a transaction while one was open on the same connection: it commits, or not, with that one. */
  readonly #writtenMeanwhile = new Written()

  constructor(factory: DriverFactory) {
    this.factory = factory
    this.classify = createClassifier(dialectOf(factory))
    this.isShared = factory.provider === 'sqlite'
  }

  /** Whether a read outside a transaction may see uncommitted rows at this moment. */
  get seesUncommitted(): boolean {
    return this.#openTransactions > 0
  }

  /** Adds an observer; each gets every write from then on. */
  observe(observer: WriteObserver): void {
    this.observers.add(observer)
  }

  connection(inner: DriverConnection): DriverConnection {
    return override(inner, {
      queryRaw: (query) => this.#statement(query.sql, () => inner.queryRaw(query)),
      executeRaw: (query) => this.#statement(query.sql, () => inner.executeRaw(query)),
      executeScript: (script) => this.#statement(script, () => inner.executeScript(script)),
      startTransaction: (isolationLevel) => this.#startTransaction(inner, isolationLevel),
    })
  }

  /** A statement of its own: no transaction is around it, so it commits by itself. */
  autocommit<T>(statement: Statement, send: () => Promise<T>): Promise<T> {
    if (statement.changesSession)
      for (const observer of this.observers) observer.sessionChanged(statement.sql)
    return statement.kind === 'write' ? this.#write(statement, send) : send()
  }

  /** A transaction is about to begin on a connection that everybody shares. */
  transactionBegins(): void {
    this.#openTransactions++
    this.visibleTransactions++
  }

  /** It was not ended by those who began it; whoever does will commit, or not, what it wrote. */
  leftOpen(written: Written): void {
    this.#writtenMeanwhile.addAll(written)
  }

  /** It has ended, either way. */
  async transactionEnded(): Promise<void> {
    if (this.#openTransactions > 0) this.#openTransactions--
    this.visibleTransactions++
    if (this.#openTransactions > 0 || this.#writtenMeanwhile.isEmpty) return
    const ended = this.#writtenMeanwhile.invalidate('a write beside a transaction on the same connection')
    this.#writtenMeanwhile.clear()
    await ended
  }

  #statement<T>(sql: string, send: () => Promise<T>): Promise<T> {
    markPassage()
    if (this.observers.size === 0) return send()
    const statement = this.classify(sql)
    if (statement.kind === 'read') return send()
    if (statement.kind === 'begin' || statement.kind === 'end')
      return this.#manualTransaction(statement, send)
    return this.autocommit(statement, send)
  }

  async #write<T>(statement: Statement, send: () => Promise<T>): Promise<T> {
    const written = new Written()
    written.add(this.observers, statement)
    const writes = await written.open()
    let result: T
    try {
      result = await send()
    } catch (error) {
      // Half of a script, or of a procedure with commits of its own, may have been done before the error.
      if (outcomeOf(error, this.factory.provider) === 'unknown') await writes.unknown(error)
      else if (statement.isSingle) await writes.rolledBack()
      else await writes.committed('a statement that failed half-way')
      throw error
    }
    if (this.seesUncommitted) this.#writtenMeanwhile.addAll(written)
    await writes.committed(statement.sql)
    return result
  }

  /**
   * `BEGIN` sent as a statement of its own: on a shared connection everything is inside from here on, and
   * in a pool nobody knows who will be. Until it ends nothing is served or stored, and what is written
   * meanwhile is invalidated again then.
   */
  async #manualTransaction<T>(statement: Statement, send: () => Promise<T>): Promise<T> {
    if (statement.kind === 'begin') this.transactionBegins()
    const result = await send()
    if (statement.kind === 'end') await this.transactionEnded()
    return result
  }

  async #startTransaction(
    inner: DriverConnection,
    isolationLevel: string | undefined,
  ): Promise<DriverTransaction> {
    if (!this.isShared)
      return new TappedTransaction(this, await inner.startTransaction(isolationLevel)).asTransaction()
    // Counted before it is open: a read must not slip in between the driver's BEGIN and our hearing of it.
    this.transactionBegins()
    try {
      return new TappedTransaction(this, await inner.startTransaction(isolationLevel)).asTransaction()
    } catch (error) {
      await this.transactionEnded()
      throw error
    }
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
  try {
    Object.defineProperty(factory, tapKey, { value: tap })
    factory.connect = async () => tap.connection(await connect())
  } catch (cause) {
    throw new FreshetError(
      'WRITES_NOT_VISIBLE',
      `The driver adapter ${factory.adapterName} does not let its connect() be wrapped, so writes through it could not be seen and nothing may be cached. Pass an adapter that is not frozen.`,
      { cause },
    )
  }
  return tap
}
