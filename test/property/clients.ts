import { PrismaPg } from '@prisma/adapter-pg'
import type { SqlDriverAdapterFactory } from '@prisma/driver-adapter-utils'
import { pathToFileURL } from 'node:url'
import pg from 'pg'
import { Gate, gated } from './gate.js'
import { delegateName } from './model.js'
import type { Prepared } from './prepare.js'

/** What the test uses of a Prisma client, whatever its schema. */
export interface Client {
  $transaction(items: readonly PromiseLike<unknown>[]): Promise<unknown[]>
  $transaction<T>(body: (tx: Client) => Promise<T>, options?: object): Promise<T>
  $executeRawUnsafe(sql: string, ...values: unknown[]): PromiseLike<number>
  $queryRawUnsafe(sql: string, ...values: unknown[]): PromiseLike<unknown>
  $extends(extension: unknown): Client
  $disconnect(): Promise<void>
}

export type Delegate = Record<string, (args?: unknown) => PromiseLike<unknown>>

export function delegateOf(client: Client, model: string): Delegate {
  const delegate = (client as unknown as Record<string, Delegate>)[delegateName(model)]
  if (!delegate) throw new Error(`The client has no model ${model}.`)
  return delegate
}

/** What turns a plain client into a cached one. Clients of one binding share one cache. */
export interface Caching {
  /** Called once, before any client is made on this factory. */
  tap?(factory: SqlDriverAdapterFactory): void
  extend(client: Client): Client
  /** Forgets everything. */
  clear(): Promise<void>
  close(): Promise<void>
}

/** The clients that a run compares. */
export interface Binding {
  readonly prepared: Prepared
  /** Reads and writes through the cache. */
  readonly cached: Client
  /** A second cached client on the same adapter and the same cache. */
  readonly twin: Client
  /** A client without a cache on the tapped adapter: its writes must count. */
  readonly sibling: Client
  /** A client on an adapter of its own, which tells what is true. */
  readonly plain: Client
  /** Below everything that the cached clients send. */
  readonly gate: Gate
  readonly caching: Caching
  /** Runs statements past all clients, to bring the database to a known state. */
  prepareDatabase(statements: readonly string[]): Promise<void>
  close(): Promise<void>
}

type ClientClass = new (options: { adapter: SqlDriverAdapterFactory }) => Client

/** A statement that waits for a lock fails soon, so that a writer outside a transaction cannot block the run. */
const LOCK_TIMEOUT = '-c lock_timeout=40ms'

/** Opens the clients on a database that already has the schema. */
export async function bind(prepared: Prepared, url: string, createCaching: () => Caching): Promise<Binding> {
  const { PrismaClient } = (await import(pathToFileURL(prepared.clientPath).href)) as {
    PrismaClient: ClientClass
  }
  const gate = new Gate()
  const config = { connectionString: url, options: LOCK_TIMEOUT, max: 6 }
  const factory = gated(new PrismaPg(config), gate)
  const caching = createCaching()
  caching.tap?.(factory)
  const create = (): Client => new PrismaClient({ adapter: factory })
  const cached = caching.extend(create())
  const twin = caching.extend(create())
  const sibling = create()
  const plain = new PrismaClient({ adapter: new PrismaPg({ connectionString: url, max: 3 }) })
  const direct = new pg.Client(url)
  await direct.connect()
  return {
    prepared,
    cached,
    twin,
    sibling,
    plain,
    gate,
    caching,
    prepareDatabase: async (statements) => void (await direct.query(statements.join(';\n'))),
    close: async () => {
      await Promise.all([cached, twin, sibling, plain].map((client) => client.$disconnect()))
      await direct.end()
      await caching.close()
    },
  }
}
