import { FakeClock } from '@freshet/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  type RedisServer,
  startRedisServer,
  startTcpProxy,
  type TcpProxy,
} from '../../../../test/services/index.js'
import type { NodeClient } from '../../src/client.js'
import { Link } from '../../src/link.js'
import { connectionOptions } from '../../src/push/push.js'
import { PushConnection } from '../../src/push/push-connection.js'
import { clientWire } from '../../src/wire.js'
import { connectTo, type TestClient } from '../support/clients.js'

let server: RedisServer
let proxy: TcpProxy
let client: TestClient
let clock: FakeClock
let connection: PushConnection
let changed: string[]
let gaps: number
let sent: string[]
beforeEach(async () => {
  server = await startRedisServer()
  proxy = await startTcpProxy(server)
  client = await connectTo(server, 'ioredis 5', { keyPrefix: 'app:' })
  clock = new FakeClock()
  changed = []
  gaps = 0
  sent = []
  const context = {
    now: () => clock.now(),
    setTimer: (callback: () => void, ms: number) => clock.setTimer(callback, ms),
    failed: () => undefined,
    warn: () => undefined,
    switched: () => undefined,
    consistency: { mode: 'eventual' },
    near: undefined,
  } as const
  const { host, port } = proxy
  const pushed = { ...connectionOptions, host, port, retryStrategy: () => 10 }
  connection = new PushConnection({
    client: (client as unknown as NodeClient).duplicate(pushed),
    context,
    link: new Link(clientWire(client), context, {
      timeoutMs: 500,
      breakerFailures: 5,
      breakerRetryMs: 1_000,
    }),
    keyPrefix: 'app:',
    generationPrefix: 'g:',
    fillPrefix: 'f:',
    beatPrefix: 'b:me:',
    beatKey: (text) => {
      sent.push(text)
      return `b:me:${text}`
    },
    silenceMs: 3_000,
    trustsNoWriter: () => false,
    onHeard: () => undefined,
    onChanged: (keys) => changed.push(...keys),
    onClaimsEnded: () => undefined,
    onGap: () => gaps++,
  })
  await until(() => connection.session !== undefined)
})
afterEach(async () => {
  connection.close()
  client.disconnect()
  await proxy.stop()
  await server.stop()
})

const until = async (isSo: () => boolean) => {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve))
}
const heardAt = () => connection.session!.heardAt

test('it has heard what was so before the heartbeat was sent, not before its echo came', async () => {
  expect(heardAt()).toBe(-Infinity)
  proxy.stall()
  const sentAt = clock.now()
  connection.beat()
  clock.advance(300)
  proxy.resume()
  await until(() => heardAt() > -Infinity)
  expect(heardAt()).toBe(sentAt)
})

test('an echo comes behind every change from before the heartbeat', async () => {
  for (let i = 0; i < 20; i++) {
    const before = heardAt()
    changed = []
    await client.call('set', 'g:user', i)
    clock.advance(1)
    connection.beat()
    await until(() => heardAt() > before)
    expect(changed).toEqual(['g:user'])
  }
})

test('the echo of an earlier heartbeat, and its end, are not those of a later one', async () => {
  proxy.stall()
  connection.beat()
  const [text] = sent
  clock.advance(100)
  proxy.resume()
  await until(() => heardAt() > -Infinity)
  const first = heardAt()
  clock.advance(100)
  proxy.stall()
  connection.beat()
  await client.call('del', `b:me:${text}`)
  await client.call('set', 'g:user', 1)
  proxy.resume()
  await until(() => changed.length > 0)
  await until(() => heardAt() > first)
  expect(heardAt()).toBe(first + 200)
})

test('one heartbeat is on its way at a time, and one without an echo ends the connection', async () => {
  proxy.stall()
  const { session } = connection
  for (let second = 0; second < 3; second++) {
    connection.beat()
    clock.advance(1_000)
  }
  expect(sent).toHaveLength(1)
  expect(gaps).toBe(1)
  connection.beat()
  expect(gaps).toBe(2)
  expect(connection.session).toBeUndefined()
  proxy.resume()
  await until(() => connection.session !== undefined)
  expect(connection.session).not.toBe(session)
  expect(heardAt()).toBe(-Infinity)
  expect(gaps).toBe(3)
})

test('only generations are pushed', async () => {
  await client.call('set', 'e:entry', 1)
  await client.call('set', 'g:user', 1)
  await client.call('pexpire', 'g:user', 1)
  await until(() => changed.length > 1)
  expect(new Set(changed)).toEqual(new Set(['g:user']))
})

test('a flush is a gap', async () => {
  await client.call('flushall')
  await until(() => gaps > 1)
})
