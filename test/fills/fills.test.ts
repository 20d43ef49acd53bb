import { Redis } from 'ioredis'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type RedisServer, startRedisServer } from '../services/index.js'
import { until } from '../services/until.js'
import { Application } from './application.js'

const processes = 3
const readers = 200

let server: RedisServer
let redis: Redis
let applications: Application[]
beforeEach(async () => {
  server = await startRedisServer()
  redis = new Redis(server)
  applications = []
})
afterEach(async () => {
  await Promise.all(applications.map(async (application) => await application.kill()))
  redis.disconnect()
  await server.stop()
})

async function start(lease: string): Promise<void> {
  const { host, port } = server
  const starting = Array.from(
    { length: processes },
    async () => await Application.start({ host, port, lease, readers }),
  )
  applications = await Promise.all(starting)
}

/** Until every process but the one that loads has been refused a claim, which each asks for more than once. */
async function allWait(): Promise<void> {
  await redis.config('RESETSTAT')
  await until('claims were refused for some time', async () => {
    const stats = await redis.info('commandstats')
    return Number(/cmdstat_evalsha:calls=(\d+)/.exec(stats)?.[1] ?? 0) > 40
  })
}

test('of many readers in several processes one loads', async () => {
  await start('1m')
  const reading = applications.map(async (application) => await application.read())
  await until('one loads', async () => (await redis.get('loads')) !== null)
  await allWait()
  await redis.rpush('rows', 'v0')
  const outcomes = await Promise.all(reading)
  expect(outcomes.map(({ rows }) => rows)).toEqual([['v0'], ['v0'], ['v0']])
  expect(await redis.get('loads')).toBe('1')
  expect(outcomes.reduce((sum, { stats }) => sum + stats.loads, 0)).toBe(1)
  expect(outcomes.reduce((sum, { stats }) => sum + stats.awaited, 0)).toBe((processes - 1) * readers)
})

test('when the process that loads is killed, one of the others loads after its lease', async () => {
  await start('1s')
  const reading = new Map(applications.map((application) => [application, application.read()]))
  await until('one loads', async () => (await redis.llen('loaders')) > 0)
  const pid = Number(await redis.lpop('loaders'))
  const killed = applications.find((application) => application.pid === pid)!
  reading.delete(killed)
  await killed.kill()
  await until('another one loads', async () => (await redis.get('loads')) === '2')
  await redis.rpush('rows', 'v0')
  const outcomes = await Promise.all(reading.values())
  expect(outcomes.map(({ rows }) => rows)).toEqual([['v0'], ['v0']])
  expect(await redis.get('loads')).toBe('2')
})
