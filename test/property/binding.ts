import type { Gate } from './gate.js'
import type { Maker } from './maker.js'
import type { Schema } from './model.js'
import type { Step } from './step.js'

/** One call that reads, as data. What else it holds, only its ORM knows. */
export interface Read {
  readonly model: string
  /** The answer has no defined order, so lists are compared as bags. */
  readonly unordered: boolean
}

/** One call or statement that writes, as data. */
export interface Write {
  readonly kind: string
}

export type BatchItem =
  { readonly kind: 'read'; readonly read: Read } | { readonly kind: 'write'; readonly write: Write }

/** One way to the database: a client, or a transaction on it. Nothing is sent before a promise is awaited. */
export interface Channel {
  read(read: Read): PromiseLike<unknown>
  /** The same question in a form that no cache knows. */
  readFresh(read: Read): PromiseLike<unknown>
  write(write: Write): PromiseLike<unknown>
  /** One write with a BEGIN and a COMMIT around it. */
  writeInTransaction(write: Write): PromiseLike<unknown>
  /** @param form one of the forms that the ORM's maker names */
  transaction(body: (inner: Channel) => Promise<void>, form: string): PromiseLike<unknown>
  /** Answers of the items in their order; each read is asked twice, the second time afresh. */
  batch(items: readonly BatchItem[]): PromiseLike<readonly unknown[]>
}

/** The clients of one ORM that a run compares, on one database of their own. */
export interface Binding {
  /** The seed of the schema. */
  readonly seed: string
  readonly schema: Schema
  readonly maker: Maker
  /** Reads and writes through the cache. */
  readonly cached: Channel
  /** A second cached client of the same database and the same cache. */
  readonly twin: Channel
  /** A client that does not cache, and whose writes must count. */
  readonly sibling: Channel
  /** A client past everything, which tells what is true. */
  readonly plain: Channel
  /** Below everything that the cached clients send. */
  readonly gate: Gate
  /** The steps that are being run. */
  readonly underWay: Set<Step>
  createSchema(): Promise<void>
  /** Runs statements past all clients, to bring the database to a known state. */
  prepareDatabase(statements: readonly string[]): Promise<void>
  /** What follows the rows that every episode begins with. */
  readonly seedsAfter?: readonly string[]
  /** Makes the cache forget everything. */
  clear(): Promise<void>
  close(): Promise<void>
}

/** Opens the clients for the schema of a seed, on an empty database. */
export type Open = (schemaSeed: string, url: string) => Promise<Binding>
