import { createCache, type Cache } from '@freshet/core'
import { redisStore } from '@freshet/redis'
import { Cluster, Redis, type RedisOptions } from 'ioredis'
import type { PoolConfig } from 'pg'
import type { Numbered, Order, ProgramSetup, RedisAddress, Report, Told } from './messages.js'
import type { Users } from './users.js'

/*
 * One process of an application: reads and writes rows of a real database through a cache in a real Redis, does what its
 * parent tells it, and ends when that does.
 */
const setup = JSON.parse(process.env['FAULTS_PROGRAM'] ?? '{}') as ProgramSetup
const retryStrategy = () => 10

const redis = connect(setup.redis)
redis.on('error', () => undefined)
let connections = 0
redis.on('ready', () => connections++)
const cache = createCache({ store: redisStore(redis, setup.store), ttl: '1h', ...setup.cache })
const failures: string[] = []
const warnings: string[] = []
cache.on('failure', ({ action, cause }) => failures.push(`${action}: ${String(cause)}`))
cache.on('warning', ({ code }) => warnings.push(code))
let storeUps = 0
cache.on('store-up', () => storeUps++)
const users = await openUsers(cache)
let goOn = (): void => undefined

function connect(address: RedisAddress): Redis | Cluster {
  if ('port' in address) return withPushOn(address.pushPort, new Redis({ port: address.port, retryStrategy }))
  if ('cluster' in address)
    return new Cluster([...address.cluster], {
      clusterRetryStrategy: retryStrategy,
      retryDelayOnFailover: 10,
    })
  const { sentinels, name } = address
  return new Redis({ sentinels: [...sentinels], name, failoverDetector: true, retryStrategy })
}

/** What is pushed comes by a wire of its own, so that the two can be disturbed apart. */
function withPushOn(port: number, client: Redis): Redis {
  const duplicate = client.duplicate.bind(client)
  client.duplicate = (given?: Partial<RedisOptions>) => duplicate({ ...given, port })
  return client
}

/** Each loads what it needs and nothing else. */
async function openUsers(shared: Cache): Promise<Users> {
  const { databaseUrl, name, queryTimeoutMs, through, version = 1 } = setup
  const config: PoolConfig = {
    connectionString: databaseUrl,
    application_name: name,
    max: 2,
    ...(queryTimeoutMs === undefined ? {} : { query_timeout: queryTimeoutMs }),
  }
  switch (through) {
    case 'TypeORM':
      return await (await import('./users-of-typeorm.js')).usersOfTypeorm(shared, config, version)
    case 'Prisma':
      return (await import('./users-of-prisma.js')).usersOfPrisma(shared, config)
  }
}

async function carryOut(order: Order): Promise<unknown> {
  switch (order.type) {
    case 'read':
      return await users.nameOf(order.id)
    case 'write':
      return await write(order)
    case 'go on':
      return goOn()
    case 'tell': {
      const { hits, misses, bypasses } = cache.stats()
      return {
        isConnected: redis.status === 'ready',
        connections,
        hits,
        misses,
        bypasses,
        failures,
        warnings,
        storeUps,
      } satisfies Told
    }
  }
}

async function write({ id, name, how }: Extract<Order, { type: 'write' }>): Promise<void> {
  if (how === 'by itself') return await users.rename(id, name)
  const waits = how === 'in a transaction that waits before its COMMIT'
  await users.renameInTransaction(id, name, async () => {
    if (!waits) return
    const going = new Promise<void>((resolve) => (goOn = resolve))
    report({ type: 'waiting before COMMIT' })
    await going
  })
}

function report(message: Report): void {
  process.send?.(message, () => undefined)
}

process.on('message', (order: Numbered<Order>) => {
  const { number } = order
  carryOut(order).then(
    (answer) => report({ type: 'done', number, answer }),
    (error: unknown) => report({ type: 'failed', number, message: String(error) }),
  )
})
process.on('disconnect', () => process.exit(0))
if (redis.status !== 'ready') await new Promise<void>((resolve) => void redis.once('ready', resolve))
// The parent may have gone before anybody listened for it.
if (!process.connected) process.exit(0)
report({ type: 'ready' })
