import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type RedisServer, startRedisServer } from '../../../../test/services/index.js'
import { sharedRedisCluster } from '../../../../test/services/shared.js'
import { connectTo, connectToCluster, type TestClient, versions } from '../support/clients.js'
import { advise, type Balancer, startBalancer, warningsOf } from './support.js'

const bounded = { mode: 'bounded', maxStalenessMs: 1_000 } as const
const eventual = { mode: 'eventual' } as const

describe.each(versions)('%s', (version) => {
  let server: RedisServer
  let client: TestClient
  const others: TestClient[] = []
  beforeAll(async () => {
    server = await startRedisServer()
    client = await connectTo(server, version)
  })
  afterEach(() => {
    for (const other of others.splice(0)) other.disconnect()
  })
  afterAll(async () => {
    client.disconnect()
    await server.stop()
  })

  const connect = async (...[address, options]: [Parameters<typeof connectTo>[0], object?]) => {
    const other = await connectTo(address, version, { ...options })
    others.push(other)
    return other
  }

  test('a server as it comes gives rise to no advice, and no connection to it stays', async () => {
    const before = await client.call('client', 'list')
    for (const consistency of [{ mode: 'strong' }, bounded, eventual] as const)
      expect(await warningsOf(client, { consistency, isReplicated: true })).toEqual(new Map())
    const count = (list: unknown) => String(list).trim().split('\n').length
    while (count(await client.call('client', 'list')) > count(before));
  })

  test('a cluster does not either', async () => {
    const cluster = await connectToCluster((await sharedRedisCluster()).addresses, version)
    others.push(cluster)
    expect(await warningsOf(cluster, { consistency: bounded })).toEqual(new Map())
  })

  describe('a proxy', () => {
    let second: RedisServer
    let balancer: Balancer
    beforeAll(async () => {
      second = await startRedisServer()
      balancer = await startBalancer(server)
    })
    afterAll(async () => {
      await balancer.stop()
      await second.stop()
    })

    test('that sends two connections to two servers', async () => {
      balancer.use(server, 'new connections')
      const behind = await connect(balancer)
      expect(await warningsOf(behind)).toEqual(new Map())
      balancer.use(second, 'new connections')
      expect((await warningsOf(behind)).get('REDIS_PROXY')).toMatch(/were answered by two servers/)
    })

    test('that changes the server of a connection without ending it', async () => {
      balancer.use(server, 'new connections')
      const { advisor, warnings } = advise(await connect(balancer))
      await advisor.look()
      expect(warnings).toEqual(new Map())
      balancer.use(second, 'all connections')
      await advisor.look()
      expect(warnings.get('REDIS_PROXY')).toMatch(/has not ended, and yet another server answers/)
    })

    test('a server that is restarted, or another one after the connection has ended, is none', async () => {
      const own = await startRedisServer()
      try {
        const restarted = await connect(own, { retryStrategy: () => 10 })
        const { advisor, warnings } = advise(restarted)
        await advisor.look()
        const back = new Promise<void>((resolve) => void restarted.once('ready', resolve))
        await own.restart()
        await back
        await advisor.look()
        expect(warnings).toEqual(new Map())
      } finally {
        await own.stop()
      }
    })

    test('that does not know what every Redis does', async () => {
      const lacking = await startRedisServer(['--rename-command', 'CLIENT', ''])
      try {
        const user = await connect(lacking, { enableReadyCheck: false })
        expect((await warningsOf(user, { consistency: eventual })).get('REDIS_PROXY')).toMatch(
          /does not know CLIENT ID, CLIENT TRACKING/,
        )
        expect(await warningsOf(user)).toEqual(new Map())
      } finally {
        await lacking.stop()
      }
    })
  })
})
