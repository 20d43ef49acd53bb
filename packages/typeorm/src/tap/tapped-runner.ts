import { Transform } from 'node:stream'
import type { Execution } from '@freshet/core/adapter'
import type { Statement } from '@freshet/sql'
import { endOfUnseen, valuesApart } from '@freshet/sql'
import type { QueryRunner } from 'typeorm'
import { answerOf } from './answer.js'
import type { StreamedWrite, TappedConnection } from './tapped-connection.js'
import type { Load, Tap } from './tap.js'

type Query = (
  this: QueryRunner,
  sql: string,
  parameters?: unknown,
  useStructuredResult?: boolean,
) => Promise<unknown>
type Stream = (this: QueryRunner, sql: string, parameters?: unknown[], ...rest: Listener[]) => Promise<Source>
type Listener = ((...given: unknown[]) => void) | undefined
/** What `stream()` resolves with; its declared type is the oldest of streams'. */
type Source = NodeJS.ReadableStream & { destroy?: (error?: Error) => void }

// On the runner itself: a map beside it would be asked for every statement.
const tapKey = Symbol('tap')

interface Tapped {
  [tapKey]: TapOfRunner
  query: unknown
  stream: unknown
}

type TappedRunner = QueryRunner & Pick<Tapped, typeof tapKey>

class TapOfRunner {
  readonly tap: Tap
  readonly query: Query
  readonly stream: Stream
  /** A runner keeps the connection that it was given first. */
  connection: TappedConnection | undefined
  readonly #runner: QueryRunner

  constructor(tap: Tap, runner: QueryRunner) {
    this.tap = tap
    this.#runner = runner
    this.query = runner.query as unknown as Query
    this.stream = runner.stream as Stream
  }

  rollBack(): Promise<unknown> {
    return this.query.call(this.#runner, 'ROLLBACK')
  }
}

/** Whether what passes this runner is seen. */
export const isTapped = (runner: QueryRunner): boolean => tapKey in runner

/**
 * Puts the tap into a query runner, once: in SQLite the same runner is handed out again and again.
 *
 * Drivers send START TRANSACTION, SAVEPOINT and COMMIT by calling their own `query`, so an override of the instance's
 * method sees these as well.
 */
export function tapRunner(tap: Tap, runner: QueryRunner): QueryRunner {
  if (isTapped(runner)) return runner
  // The same two functions for every runner, and assigned: an application makes a runner for nearly every call.
  const tapped = runner as unknown as Tapped
  tapped[tapKey] = new TapOfRunner(tap, runner)
  tapped.query = tappedQuery
  tapped.stream = tappedStream
  return runner
}

// By name: a rest parameter, and spreading it again, are felt in every statement. TypeORM hands over no more than these.
function tappedQuery(
  this: TappedRunner,
  sql: string,
  parameters?: unknown[],
  useStructuredResult?: boolean,
): Promise<unknown> {
  const { query, connection } = this[tapKey]
  // It refuses by itself, and must not be given a connection that nobody releases.
  if (this.isReleased || typeof sql !== 'string')
    return query.call(this, sql, parameters, useStructuredResult)
  return connection === undefined
    ? passFirst(this, sql, parameters, useStructuredResult)
    : pass(this, connection, sql, parameters, useStructuredResult)
}

async function passFirst(
  runner: TappedRunner,
  sql: string,
  parameters: unknown,
  useStructuredResult: boolean | undefined,
): Promise<unknown> {
  const state = runner[tapKey]
  // As connect(), but one promise less: nearly every runner sends one statement.
  const physical = (await runner.connect()) as object
  const connection = (state.connection ??= state.tap.connection(physical))
  return await pass(runner, connection, sql, parameters, useStructuredResult)
}

function pass(
  runner: TappedRunner,
  connection: TappedConnection,
  sql: string,
  parameters: unknown,
  useStructuredResult: boolean | undefined,
): Promise<unknown> {
  const state = runner[tapKey]
  const { tap, query } = state
  const apart = valuesApart(sql, parametersOf(parameters), tap.dialect)
  const sent = { statement: tap.classify(apart.sql), parameters: apart.parameters, runner: state }
  const send = () => query.call(runner, sql, parameters, useStructuredResult)
  const load = tap.currentLoad
  return load === undefined
    ? connection.run(sent, send)
    : watched(load, connection, sent, () => connection.run(sent, send))
}

async function tappedStream(
  this: TappedRunner,
  sql: string,
  parameters?: unknown[],
  onEnd?: Listener,
  onError?: Listener,
): Promise<NodeJS.ReadableStream> {
  const { tap, stream } = this[tapKey]
  const statement = streamable(tap.classify(sql))
  if (this.isReleased || statement === undefined) return stream.call(this, sql, parameters, onEnd, onError)
  const write = await (await connect(this)).openStream({ statement, parameters })
  return streamWrite(write, () => stream.call(this, sql, parameters), onEnd, onError)
}

async function connect(runner: TappedRunner): Promise<TappedConnection> {
  const state = runner[tapKey]
  return (state.connection ??= state.tap.connection((await runner.connect()) as object))
}

/** An object of values by name, which some drivers take, is in no order. */
const parametersOf = (given: unknown): readonly unknown[] | undefined =>
  Array.isArray(given) ? given : undefined

/** Tells the load that this statement belongs to what it may have seen. */
async function watched<T>(
  load: Load,
  connection: TappedConnection,
  { statement, parameters }: Execution<Statement>,
  run: () => Promise<T>,
): Promise<T> {
  load.seen = true
  load.uncommitted ||= connection.isOpen
  const result = await run()
  load.uncommitted ||= connection.isOpen
  if (statement.kind === 'read')
    load.sent?.push({ sql: statement.sql, parameters, rows: answerOf(result).returned })
  return result
}

/** The statement as a write, if it may be one. */
function streamable(statement: Statement): Statement | undefined {
  if (statement.kind === 'write') return statement
  return statement.kind === 'begin' || statement.kind === 'end' ? endOfUnseen(statement) : undefined
}

/** The caller's stream ends when what it has written is invalidated, and not before. */
async function streamWrite(
  write: StreamedWrite,
  send: () => Promise<Source>,
  onEnd: Listener,
  onError: Listener,
): Promise<NodeJS.ReadableStream> {
  let source: Source
  try {
    source = await send()
  } catch (error) {
    await write.failed(error)
    throw error
  }
  let isOver = false
  const over = (end: () => Promise<void>): Promise<void> => {
    if (isOver) return Promise.resolve()
    isOver = true
    return end()
  }
  const own = new Transform({
    objectMode: true,
    transform: (row: unknown, _encoding, next) => next(null, row),
    flush: (next) =>
      void andThenNext(
        over(() => write.done()),
        next,
      ),
    destroy: (error, next) => {
      // Whoever stops reading does not know how far the database has come.
      const failed = () => write.failed(error ?? new Error('The stream was closed before its end'))
      void andThenNext(over(failed), () => next(error))
      if (error === null) source.destroy?.()
    },
  })
  source.on('error', (error) => own.destroy(error))
  source.on('close', () => {
    if (!isOver && !own.writableEnded) own.destroy()
  })
  if (onEnd !== undefined) own.on('end', onEnd)
  if (onError !== undefined) own.on('error', onError)
  return source.pipe(own)
}

async function andThenNext(settled: Promise<void>, next: () => void): Promise<void> {
  await settled
  next()
}
