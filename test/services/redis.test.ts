import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  type RedisCluster,
  type RedisSentinelSet,
  type RedisServer,
  startRedisCluster,
  startRedisSentinelSet,
  startRedisServer,
  startTcpProxy,
  type TcpProxy,
} from './index.js'
import { redisCommand } from './redis-command.js'
import { sharedRedisCluster, sharedRedisSentinel } from './shared.js'

const settled = async () => await new Promise((resolve) => setImmediate(resolve))

describe('a Redis server that is restarted', () => {
  let server: RedisServer
  beforeAll(async () => void (server = await startRedisServer()))
  afterAll(async () => await server.stop())

  test('it is empty after a crash, on the same port and with another run id', async () => {
    const runId = async () => /run_id:(\w+)/.exec(String(await server.command('INFO', 'server')))?.[1]
    const before = await runId()
    await server.command('SET', 'k', 'v')
    await server.restart()
    expect(await server.command('GET', 'k')).toBeNull()
    expect(await runId()).not.toBe(before)
  })

  test('it comes back with what an older file holds', async () => {
    await server.command('SET', 'k', 'old')
    const saved = await server.save()
    await server.command('SET', 'k', 'new')
    await server.restart(saved)
    expect(await server.command('GET', 'k')).toBe('old')
  })

  test('while it is killed nobody answers', async () => {
    await server.kill()
    await expect(server.command('PING')).rejects.toThrow(/ECONNREFUSED/)
    await server.start()
    expect(await server.command('PING')).toBe('PONG')
  })

  test('while it is stopped its connections stay open, and what was sent is answered when it goes on', async () => {
    await server.pause()
    const asked = server.command('PING')
    await server.resume()
    expect(await asked).toBe('PONG')
  })

  test('an error of the server rejects', async () => {
    await expect(server.command('NO-SUCH-COMMAND')).rejects.toThrow(/unknown command/)
  })
})

describe('the TCP proxy', () => {
  let server: RedisServer
  let proxy: TcpProxy
  beforeAll(async () => {
    server = await startRedisServer()
    proxy = await startTcpProxy(server)
  })
  afterAll(async () => {
    await proxy.stop()
    await server.stop()
  })

  async function connected(): Promise<Socket> {
    const socket = connect(proxy)
    await once(socket, 'connect')
    return socket.on('error', () => undefined)
  }

  test('it passes commands and answers on', async () => {
    expect(await redisCommand(proxy, 'PING')).toBe('PONG')
  })

  test('a delay holds bytes back, and a shorter one does not let later bytes overtake', async () => {
    const socket = await connected()
    proxy.delay(30)
    const sent = proxy.bytesToServer
    socket.write('ECHO one\r\n')
    const first = once(socket, 'data')
    while (proxy.bytesToServer === sent) await settled()
    proxy.delay(0)
    socket.write('ECHO two\r\n')
    let text = String((await first)[0])
    while (!text.includes('two')) text += String((await once(socket, 'data'))[0])
    expect(text).toMatch(/one[^]*two/)
    socket.destroy()
  })

  test('a stalled wire carries nothing until it is resumed', async () => {
    const socket = await connected()
    proxy.stall()
    socket.write('SET stalled yes\r\n')
    await server.command('PING')
    expect(await server.command('GET', 'stalled')).toBeNull()
    const answer = once(socket, 'data')
    proxy.resume()
    expect(String((await answer)[0])).toBe('+OK\r\n')
    socket.destroy()
  })

  test('with answers stalled a command is carried out and its sender does not hear of it', async () => {
    const socket = await connected()
    let heard = false
    socket.on('data', () => (heard = true))
    proxy.stallAnswers()
    socket.write('INCR unheard\r\n')
    while ((await server.command('GET', 'unheard')) === null);
    expect(heard).toBe(false)
    proxy.resume()
    socket.destroy()
  })

  test('a cut ends what is open and leaves the way free for new connections', async () => {
    const socket = await connected()
    const closed = once(socket, 'close')
    proxy.cut()
    await closed
    expect(await redisCommand(proxy, 'PING')).toBe('PONG')
  })
})

describe('a Redis set that sentinels watch', () => {
  let set: RedisSentinelSet
  beforeAll(async () => void (set = await startRedisSentinelSet()))
  afterAll(async () => await set.stop())

  test('a failover makes another node the master', async () => {
    const before = await set.master()
    await before.command('SET', 'k', 'v')
    await before.command('WAIT', 1, 1000)
    const after = await set.failover()
    expect(after).not.toBe(before)
    await after.command('SET', 'k', 'written to the new master')
  })
})

describe('a Redis Cluster', () => {
  let cluster: RedisCluster
  beforeAll(async () => void (cluster = await startRedisCluster()))
  afterAll(async () => await cluster.stop())

  test('every slot has a master, and a node that is not it says who is', async () => {
    const masters = await Promise.all([0, 8_000, 16_383].map(async (slot) => await cluster.masterOf(slot)))
    expect(new Set(masters).size).toBe(3)
    // The slot of 'k' is 7629.
    await expect(masters[0]!.command('SET', 'k', 'v')).rejects.toThrow(/MOVED 7629/)
    await masters[1]!.command('SET', 'k', 'v')
  })

  test('a slot moves with its keys', async () => {
    const from = await cluster.masterOf(7629)
    const to = await cluster.masterOf(0)
    await from.command('SET', 'k', 'moved')
    await cluster.moveSlot(7629, to)
    expect(await cluster.masterOf(7629)).toBe(to)
    expect(await to.command('GET', 'k')).toBe('moved')
  })

  test('a replica takes over from a master that is killed', async () => {
    const slot = 16_383
    const before = await cluster.masterOf(slot)
    await before.kill()
    const after = await cluster.takenOver(slot, before)
    expect(after).not.toBe(before)
    expect(String(await after.command('ROLE'))).toMatch(/^master/)
  })
})

describe('the topologies that a run shares', () => {
  test('everybody gets the same cluster and the same sentinels', async () => {
    expect(await sharedRedisCluster()).toEqual(await sharedRedisCluster())
    const { addresses } = await sharedRedisCluster()
    expect(addresses).toHaveLength(6)
    const { name, sentinels } = await sharedRedisSentinel()
    expect(await redisCommand(sentinels[0]!, 'SENTINEL', 'CKQUORUM', name)).toMatch(/^OK/)
  })
})
