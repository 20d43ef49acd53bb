import type { Execution, StatementAnswer, TappedStatement } from './execution.js'
import type { MaybePromise } from './maybe-promise.js'
import { isPromise } from './maybe-promise.js'
import type { Outcome } from './outcome.js'
import type { OpenWrites } from './open-writes.js'
import type { Written } from './written.js'

/** Where the statements of one connection, or of one pool, pass. */
export interface TappedPlace<Statement> {
  /** An empty list of what is written through the tap. */
  written(): Written<Statement>
  outcomeOf(error: unknown): Outcome
  /** What the result of a writing statement tells of the rows that it concerned. */
  answerOf(result: unknown): StatementAnswer | undefined
  /**
   * A write has been carried out outside any transaction that it was known to belong to. If one that may hold it is
   * open, it commits, or not, with that one: its end invalidates `written` again.
   */
  carriedOut(execution: Execution<Statement>, written: Written<Statement>): void
}

/**
 * A writing statement of its own: no transaction is around it, so it commits by itself.
 *
 * @throws FreshetError WRITE_REFUSED if it was not sent
 */
export function autocommit<Statement extends TappedStatement, T>(
  place: TappedPlace<Statement>,
  execution: Execution<Statement>,
  send: () => Promise<T>,
): Promise<T> {
  const written = place.written()
  return written.needsMarks
    ? marked(place, execution, written, send)
    : unmarked(place, execution, written, send)
}

async function marked<Statement extends TappedStatement, T>(
  place: TappedPlace<Statement>,
  execution: Execution<Statement>,
  written: Written<Statement>,
  send: () => Promise<T>,
): Promise<T> {
  written.sent(execution)
  const writes = await written.open()
  let result: T
  try {
    result = await send()
  } catch (error) {
    await endRejected(writes, execution.statement, place.outcomeOf(error), error)
    throw error
  }
  written.answered(execution, place.answerOf(result))
  place.carriedOut(execution, written)
  await writes.committed(execution.statement.sql)
  return result
}

/** What is kept in this process alone is told when the write is done: that much less is in the way of each. */
async function unmarked<Statement extends TappedStatement, T>(
  place: TappedPlace<Statement>,
  execution: Execution<Statement>,
  written: Written<Statement>,
  send: () => Promise<T>,
): Promise<T> {
  written.keepsAll = true
  written.begin(execution)
  let result: T
  try {
    const sending = send()
    // Drivers send at the next tick themselves, if their connection is free.
    process.nextTick(prepare, written, execution)
    result = await sending
  } catch (error) {
    written.add(execution)
    await endRejected(await written.open(), execution.statement, place.outcomeOf(error), error)
    throw error
  }
  written.add(execution, place.answerOf(result))
  place.carriedOut(execution, written)
  const ending = written.invalidate(execution.statement.sql, true)
  if (isPromise(ending)) await ending
  return result
}

function prepare<Statement>(written: Written<Statement>, execution: Execution<Statement>): void {
  written.prepare(execution)
}

/** The end of a write of its own that was rejected. */
export function endRejected(
  writes: OpenWrites,
  statement: TappedStatement,
  outcome: Outcome,
  error: unknown,
): MaybePromise<void> {
  if (outcome === 'unknown') return writes.unknown(error)
  if (outcome === 'nothing' && statement.isSingle) return writes.rolledBack()
  // Half of a script, or of a procedure with commits of its own, may have been done before the error.
  return writes.committed('a statement that failed half-way')
}

/** The transaction was ended while the statement was under way: which of the two came first, nobody knows. */
export async function invalidateOutran<Statement>(
  place: TappedPlace<Statement>,
  execution: Execution<Statement>,
): Promise<void> {
  const written = writtenBy(place, execution)
  place.carriedOut(execution, written)
  await written.invalidate('a statement that was under way when its transaction ended')
}

/** It may be carried out at any time from now on, and nobody will be told. */
export async function hold<Statement>(
  place: TappedPlace<Statement>,
  execution: Execution<Statement>,
  cause: unknown,
): Promise<void> {
  await writtenBy(place, execution).unknown(cause)
}

function writtenBy<Statement>(
  place: TappedPlace<Statement>,
  execution: Execution<Statement>,
): Written<Statement> {
  const written = place.written()
  written.add(execution)
  return written
}
