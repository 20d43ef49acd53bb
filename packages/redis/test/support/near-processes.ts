import type { CacheOptions } from '@freshet/core'
import {
  type RedisServer,
  startRedisServer,
  startTcpProxy,
  type TcpProxy,
} from '../../../../test/services/index.js'
import { connectTo, loadScripts, type TestClient, type Version } from './clients.js'
import { TestDatabase, type TestProcess } from './process.js'
import { tracked, type TrackedClient } from './tracked-client.js'

/** A process with copies, on wires that a test can disturb, and one without that writes. */
export interface NearProcesses {
  readonly server: RedisServer
  readonly database: TestDatabase
  readonly near: TestProcess
  readonly client: TestClient
  readonly watched: TrackedClient
  /** Of its commands, and of what is pushed to it. */
  readonly dataProxy: TcpProxy
  readonly pushProxy: TcpProxy
  readonly writer: TestProcess
  readonly writing: TrackedClient
  readonly admin: TestClient
  /** Reads until that costs no request: what is read is copied, known, and pushed. */
  listening(): Promise<void>
  /** The next read, and how many requests it took. */
  read(): Promise<{ readonly row: unknown; readonly requests: number }>
  /** Reads until the row is there. */
  sees(row: string): Promise<void>
  close(): Promise<void>
}

export const prefix = 'near:'

export async function startNearProcesses(
  version: Version,
  options: CacheOptions,
  permissions?: readonly string[],
): Promise<NearProcesses> {
  const server = await startRedisServer()
  const dataProxy = await startTcpProxy(server)
  const pushProxy = await startTcpProxy(server)
  const admin = await connectTo(server, version)
  await loadScripts(admin)
  if (permissions !== undefined)
    await admin.call('acl', 'setuser', 'app', 'on', 'nopass', '~*', '&*', ...permissions)
  const login = permissions && { username: 'app', password: 'any', enableReadyCheck: false }
  const client = await connectTo(dataProxy, version, { retryStrategy: () => 10, ...login })
  const watched = tracked(client, (asked) => client.duplicate!({ ...asked, port: pushProxy.port }))
  const writing = tracked(admin)
  const database = new TestDatabase()
  const storeOptions = { prefix, timeout: '1500ms' }
  const near = database.connect(watched, storeOptions, { near: {}, ...options })
  const writer = database.connect(writing, storeOptions)
  const read = async () => {
    await watched.idle()
    const before = watched.sent.length
    const row = await near.read()
    return { row, requests: watched.sent.length - before }
  }
  return {
    server,
    database,
    near,
    client,
    watched,
    dataProxy,
    pushProxy,
    writer,
    writing,
    admin,
    read,
    async listening() {
      while ((await read()).requests > 0);
    },
    async sees(row) {
      while ((await read()).row !== row);
    },
    async close() {
      await near.cache.close()
      client.disconnect()
      admin.disconnect()
      await Promise.all([dataProxy.stop(), pushProxy.stop()])
      await server.stop()
    },
  }
}
