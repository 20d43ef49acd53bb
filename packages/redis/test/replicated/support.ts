import { type Cache, createCache, type CacheOptions } from '@freshet/core'
import { FakeClock } from '@freshet/testing'
import { startTcpProxy, type TcpProxy } from '../../../../test/services/index.js'
import { redisStore, type RedisStoreOptions } from '../../src/index.js'
import {
  connectTo,
  type HostAndPort,
  loadScripts,
  type TestClient,
  type Version,
} from '../support/clients.js'
import { keysUnder } from '../support/time-machine.js'
import { tracked, type TrackedClient } from '../support/tracked-client.js'

export const prefix = 'replicated:'

export const turn = async (): Promise<void> => await new Promise((resolve) => setImmediate(resolve))

/** Waits for what happens in the background. */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await turn()
}

/** Rows as a database would have them, which every process writes and reads. */
export class Rows {
  readonly versions = new Map<string, string>()
  loads = 0

  readonly load = (row: string) => (): string => {
    this.loads++
    return this.versions.get(row) ?? `${row} v0`
  }

  readonly set = (row: string, version: string) => (): void => {
    this.versions.set(row, version)
  }
}

export interface ReplicaOptions {
  readonly cache?: CacheOptions
  readonly store?: RedisStoreOptions
  /** Of the client. */
  readonly client?: Readonly<Record<string, unknown>>
  readonly version?: Version
}

/** A process with a full copy, on wires that a test can disturb. */
export class TestReplica {
  readonly cache: Cache
  readonly clock = new FakeClock()
  readonly failures: string[] = []
  readonly warnings: string[] = []
  readonly client: TestClient
  readonly watched: TrackedClient
  /** Of its commands, and of what it is told without asking. */
  readonly dataProxy: TcpProxy
  readonly feedProxy: TcpProxy
  readonly #rows: Rows

  private constructor(
    rows: Rows,
    client: TestClient,
    dataProxy: TcpProxy,
    feedProxy: TcpProxy,
    options: ReplicaOptions,
  ) {
    this.#rows = rows
    this.client = client
    this.dataProxy = dataProxy
    this.feedProxy = feedProxy
    this.watched = tracked(client, (asked) => client.duplicate!({ ...asked, port: feedProxy.port }))
    const store = redisStore(this.watched, {
      prefix,
      timeout: '1500ms',
      topology: 'replicated',
      ...options.store,
    })
    this.cache = createCache({
      store,
      clock: this.clock,
      jitter: 0,
      ttl: '1h',
      namespace: 'shop',
      ...options.cache,
    })
    this.cache.on('failure', ({ action, cause }) => this.failures.push(`${action}: ${String(cause)}`))
    this.cache.on('warning', ({ code }) => this.warnings.push(code))
  }

  static async start(server: HostAndPort, rows: Rows, options: ReplicaOptions = {}): Promise<TestReplica> {
    const [dataProxy, feedProxy] = await Promise.all([startTcpProxy(server), startTcpProxy(server)])
    const client = await connectTo(dataProxy, options.version, { retryStrategy: () => 10, ...options.client })
    return new TestReplica(rows, client, dataProxy, feedProxy, options)
  }

  async read(row: string, cache: Cache = this.cache): Promise<unknown> {
    return await cache.getOrSet(row, this.#rows.load(row), { tags: ['rows', row] })
  }

  async readAll(rows: readonly string[]): Promise<readonly unknown[]> {
    return await Promise.all(rows.map(async (row) => await this.read(row)))
  }

  async write(row: string, version: string): Promise<void> {
    await this.cache.write([row], this.#rows.set(row, version))
  }

  get entries(): number {
    return this.cache.stats().entries
  }

  /** Until so many entries are there. */
  async has(entries: number): Promise<void> {
    await until(() => this.entries === entries)
    await this.watched.idle()
  }

  /** Requests that an action took. */
  async requests(action: () => Promise<unknown>): Promise<number> {
    await this.watched.idle()
    const before = this.watched.sent.length
    await action()
    return this.watched.sent.length - before
  }

  async stop(): Promise<void> {
    await this.cache.close()
    this.client.disconnect()
    await Promise.all([this.dataProxy.stop(), this.feedProxy.stop()])
  }
}

/** Starts processes, and stops them after each test. */
export class Replicas {
  readonly rows = new Rows()
  readonly #server: HostAndPort
  readonly #started: TestReplica[] = []

  constructor(server: HostAndPort) {
    this.#server = server
  }

  async start(options: ReplicaOptions = {}): Promise<TestReplica> {
    const replica = await TestReplica.start(this.#server, this.rows, options)
    this.#started.push(replica)
    return replica
  }

  /** Two that hear of each other: what one has read has come to the other, which listens since then at the latest. */
  async pair(options: ReplicaOptions = {}): Promise<readonly [TestReplica, TestReplica]> {
    const [first, second] = [await this.start(options), await this.start(options)]
    await first.read('first')
    await first.has(1)
    await second.read('second')
    await Promise.all([first.has(2), second.has(2)])
    return [first, second]
  }

  async stop(): Promise<void> {
    await Promise.all(this.#started.map(async (replica) => await replica.stop()))
  }
}

/** Makes every entry in Redis unreadable: who fetches one fails, and loads. */
export async function spoilEntries(admin: TestClient): Promise<void> {
  for (const key of await keysUnder(admin, `${prefix}e:`)) await admin.call('set', key, 'spoilt')
}

/** A client that the test looks at a server with. */
export async function connectAdmin(server: HostAndPort): Promise<TestClient> {
  const admin = await connectTo(server)
  await loadScripts(admin)
  return admin
}

export const names = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `row${index}`)
