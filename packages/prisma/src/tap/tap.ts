import { FreshetError } from '@freshet/core'
import type { Execution, Outcome, StatementAnswer, TappedPlace, Written } from '@freshet/core/adapter'
import { autocommit, Observers } from '@freshet/core/adapter'
import type { Statement } from '@freshet/sql'
import { createClassifier } from '@freshet/sql'
import { dialectOf } from '../client/prisma-client.js'
import type { DriverConnection, DriverFactory, SqlQuery } from './driver.js'
import { answerOf } from './answer.js'
import { outcomeOf } from './outcome.js'
import { probe } from './probe.js'
import { TappedConnection } from './tapped-connection.js'

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
export class Tap implements TappedPlace<Statement> {
  readonly factory: DriverFactory
  readonly observers = new Observers<Statement>()
  readonly classify: (sql: string) => Statement
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
  /** Written outside a transaction while one was open on the same connection: it commits, or not, with that one. */
  readonly #writtenMeanwhile: Written<Statement>

  constructor(factory: DriverFactory) {
    this.factory = factory
    this.classify = createClassifier(dialectOf(factory))
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
    if (statement.changesSession) this.observers.sessionChanged(sql)
    return { statement, parameters: args }
  }

  written(): Written<Statement> {
    return this.observers.written()
  }

  outcomeOf(error: unknown): Outcome {
    return outcomeOf(error, this.factory.provider)
  }

  answerOf(result: unknown): StatementAnswer | undefined {
    return answerOf(result)
  }

  carriedOut(_: Execution<Statement>, written: Written<Statement>): void {
    if (this.seesUncommitted) this.leftOpen(written)
  }

  /** A writing statement of its own: no transaction is around it, so it commits by itself. */
  autocommit<T>(execution: Execution<Statement>, send: () => Promise<T>): Promise<T> {
    return autocommit(this, execution, send)
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
    if (this.#openTransactions > 0 || this.#writtenMeanwhile.isEmpty) return
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
  const tappedConnect = async (): Promise<DriverConnection> =>
    new TappedConnection(tap, await connect()).asConnection()
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
