import { Transform } from 'node:stream'
import type { Statement } from '@freshet/sql'
import { endOfUnseen } from '@freshet/sql'
import type { QueryRunner } from 'typeorm'
import type { StreamedWrite, TappedConnection } from './tapped-connection.js'
import type { Tap } from './tap.js'

type Query = (this: QueryRunner, sql: string, ...rest: unknown[]) => Promise<unknown>
type Stream = (this: QueryRunner, sql: string, parameters?: unknown[], ...rest: Listener[]) => Promise<Source>
type Listener = ((...given: unknown[]) => void) | undefined
/** What `stream()` resolves with; its declared type is the oldest of streams'. */
type Source = NodeJS.ReadableStream & { destroy?: (error?: Error) => void }

const tapped = new WeakSet<QueryRunner>()

/** Whether what passes this runner is seen. */
export const isTapped = (runner: QueryRunner): boolean => tapped.has(runner)

/**
 * Puts the tap into a query runner, once: in SQLite the same runner is handed out again and again.
 *
 * Drivers send START TRANSACTION, SAVEPOINT and COMMIT by calling their own `query`, so an override of the instance's
 * method sees these as well.
 */
export function tapRunner(tap: Tap, runner: QueryRunner): QueryRunner {
  if (tapped.has(runner)) return runner
  tapped.add(runner)
  const query = runner.query as unknown as Query
  const stream = runner.stream as unknown as Stream
  const connect = connecting(tap, runner)
  const own: Overrides = {
    async query(sql, ...rest) {
      const send = () => query.call(runner, sql, ...rest)
      // It refuses by itself, and must not be given a connection that nobody releases.
      if (runner.isReleased || typeof sql !== 'string') return send()
      const connection = await connect()
      const sent = { statement: tap.classify(sql), parameters: parametersOf(rest[0]) }
      return watched(tap, connection, () => connection.run(sent, send))
    },
    async stream(sql, parameters, onEnd, onError) {
      const statement = streamable(tap.classify(sql))
      if (runner.isReleased || statement === undefined)
        return stream.call(runner, sql, parameters, onEnd, onError)
      const write = await (await connect()).openStream({ statement, parameters })
      return streamWrite(write, () => stream.call(runner, sql, parameters), onEnd, onError)
    },
  }
  // Assigned: defining two properties would cost each new runner 0.7 µs.
  Object.assign(runner, own)
  return runner
}

interface Overrides {
  query(sql: string, ...rest: unknown[]): Promise<unknown>
  stream(
    sql: string,
    parameters?: unknown[],
    onEnd?: Listener,
    onError?: Listener,
  ): Promise<NodeJS.ReadableStream>
}

/** An object of values by name, which some drivers take, is in no order. */
const parametersOf = (given: unknown): readonly unknown[] | undefined =>
  Array.isArray(given) ? given : undefined

/** A runner keeps the connection that it was given first. */
function connecting(tap: Tap, runner: QueryRunner): () => Promise<TappedConnection> {
  let connection: TappedConnection | undefined
  return async () => (connection ??= tap.connection((await runner.connect()) as object))
}

/** Tells the load that this statement belongs to what it may have seen. */
async function watched<T>(tap: Tap, connection: TappedConnection, run: () => Promise<T>): Promise<T> {
  const load = tap.currentLoad
  if (load === undefined) return run()
  load.seen = true
  load.uncommitted ||= connection.isOpen
  const result = await run()
  load.uncommitted ||= connection.isOpen
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
