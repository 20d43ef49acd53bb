import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type RedisServer, startRedisServer } from '../../../../test/services/index.js'
import { connectTo, type TestClient } from '../support/clients.js'
import { warningsOf } from './support.js'

const bounded = { mode: 'bounded', maxStalenessMs: 1_000 } as const
const eventual = { mode: 'eventual' } as const

let server: RedisServer
let client: TestClient
const others: TestClient[] = []
beforeAll(async () => {
  server = await startRedisServer()
  client = await connectTo(server)
})
afterEach(() => {
  for (const other of others.splice(0)) other.disconnect()
})
afterAll(async () => {
  client.disconnect()
  await server.stop()
})

describe('memory', () => {
  const configure = async (maxMemory: string, policy: string) => {
    await server.command('CONFIG', 'SET', 'maxmemory', maxMemory)
    await server.command('CONFIG', 'SET', 'maxmemory-policy', policy)
  }
  afterAll(async () => await configure('0', 'noeviction'))

  test.each(['allkeys-lru', 'allkeys-lfu', 'volatile-lru', 'volatile-ttl', 'volatile-random'])(
    '%s may evict the marks of writers',
    async (policy) => {
      await configure('100mb', policy)
      for (const consistency of [{ mode: 'strong' }, bounded] as const) {
        const message = (await warningsOf(client, { consistency })).get('REDIS_EVICTION')
        expect(message).toMatch(new RegExp(`${server.port} evicts keys by '${policy}'.*104857600 bytes`))
        expect(message?.includes('exactly those of the cache')).toBe(policy.startsWith('volatile'))
      }
    },
  )

  test('where writers place no marks, eviction costs misses only', async () => {
    await configure('100mb', 'allkeys-lru')
    expect(await warningsOf(client, { consistency: eventual })).toEqual(new Map())
  })

  test.each([
    ['100mb', 'noeviction'],
    ['0', 'allkeys-lru'],
  ])('nothing is evicted with maxmemory %s and %s', async (maxMemory, policy) => {
    await configure(maxMemory, policy)
    expect(await warningsOf(client)).toEqual(new Map())
  })
})

describe('permissions', () => {
  const needed = '+evalsha +eval +get +mget +set +getrange +del +time +info'
  const login = async (permissions: string) => {
    const rules = ['~freshet:*', 'resetchannels', ...permissions.split(' ')]
    await server.command('ACL', 'SETUSER', 'app', 'reset', 'on', 'nopass', ...rules)
    const user = await connectTo(server, 'ioredis 5', {
      username: 'app',
      password: 'any',
      enableReadyCheck: false,
    })
    others.push(user)
    return user
  }
  const pushed = `${needed} +client|id +client|tracking +subscribe &__redis__:invalidate`

  test('those that are documented are enough', async () => {
    expect(await warningsOf(await login(needed))).toEqual(new Map())
    expect(await warningsOf(await login(pushed), { consistency: eventual })).toEqual(new Map())
    const travelling = await login(`${pushed} +publish &freshet:*`)
    expect(await warningsOf(travelling, { consistency: eventual, isReplicated: true })).toEqual(new Map())
  })

  test.each(needed.split(' '))('without %s that is said', async (command) => {
    const name = command.slice(1).toUpperCase()
    const message = (
      await warningsOf(
        await login(
          needed
            .split(' ')
            .filter((other) => other !== command)
            .join(' '),
        ),
      )
    ).get('REDIS_PERMISSIONS')
    expect(message).toContain(`does not permit ${name} to the user`)
    expect(message).toContain('anything is cached')
  })

  test('all that lack are said at once', async () => {
    const message = (await warningsOf(await login(needed.replace('+mget', '').replace('+info', '')))).get(
      'REDIS_PERMISSIONS',
    )
    expect(message).toContain('does not permit INFO, MGET to the user')
  })

  test.each(['+client|id', '+client|tracking', '+subscribe', '&__redis__:invalidate'])(
    'without %s nothing is pushed, which only concerns those who are pushed to',
    async (permission) => {
      const user = await login(pushed.replace(permission, ''))
      const message = (await warningsOf(user, { consistency: eventual })).get('REDIS_PERMISSIONS')
      expect(message).toContain('the server pushes changes')
      expect(await warningsOf(user)).toEqual(new Map())
    },
  )

  test('without PUBLISH, or its channel, no entries travel', async () => {
    for (const permissions of [needed, `${needed} +publish`]) {
      const message = (await warningsOf(await login(permissions), { isReplicated: true })).get(
        'REDIS_PERMISSIONS',
      )
      expect(message).toContain('does not permit PUBLISH')
      expect(message).toContain('entries travel')
    }
  })
})

describe('clocks', () => {
  test.each([
    [10_000, 'behind'],
    [-10_000, 'ahead of'],
  ])('ours is %i ms ahead of the server', async (ms, where) => {
    const message = (await warningsOf(client, { wallClock: () => Date.now() + ms })).get('REDIS_CLOCKS')
    expect(message).toMatch(new RegExp(`${server.port} is \\d+\\.\\d s ${where} that of this process`))
  })

  test('it is seen through a client that gathers commands', async () => {
    const gathering = await connectTo(server, 'ioredis 5', { enableAutoPipelining: true })
    others.push(gathering)
    const warnings = await warningsOf(gathering, { wallClock: () => Date.now() + 60_000 })
    expect([...warnings.keys()]).toEqual(['REDIS_CLOCKS'])
  })

  test('what a lease survives is not worth a word', async () => {
    const wallClock = () => Date.now() + 3_000
    expect(await warningsOf(client, { wallClock })).toEqual(new Map())
    expect([...(await warningsOf(client, { wallClock, leaseMs: 4_000 })).keys()]).toEqual(['REDIS_CLOCKS'])
  })
})

describe('the lease', () => {
  test('should be longer than the database lets a transaction live', async () => {
    const leaseMs = 30_000
    const short = { advice: { databaseLimit: '60s' }, leaseMs }
    expect((await warningsOf(client, short)).get('REDIS_LEASE')).toMatch(/30000 ms.*60000 ms/)
    expect((await warningsOf(client, { ...short, consistency: bounded })).has('REDIS_LEASE')).toBe(true)
    expect(await warningsOf(client, { ...short, consistency: eventual })).toEqual(new Map())
    expect(await warningsOf(client, { advice: { databaseLimit: '29s' }, leaseMs })).toEqual(new Map())
  })
})
