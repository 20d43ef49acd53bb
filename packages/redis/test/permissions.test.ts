import { afterAll, beforeAll, expect, test } from 'vitest'
import { type RedisServer, startRedisServer } from '../../../test/services/index.js'
import { connectTo } from './support/clients.js'
import { TestDatabase } from './support/process.js'
import { tracked } from './support/tracked-client.js'

const needed = '+evalsha +eval +get +mget +set +getrange +del +time'
let server: RedisServer
beforeAll(async () => void (server = await startRedisServer()))
afterAll(async () => await server.stop())

/** What a client of a user with these permissions sees: `loads` of three reads, and what the cache told. */
async function threeReads(permissions: string) {
  await server.command(
    'ACL',
    'SETUSER',
    'app',
    'reset',
    'on',
    'nopass',
    '~freshet:*',
    ...permissions.split(' '),
  )
  const client = await connectTo(server, 'ioredis 5', {
    username: 'app',
    password: 'any',
    enableReadyCheck: false,
  })
  try {
    const watched = tracked(client)
    const database = new TestDatabase()
    const process = database.connect(watched, {})
    for (let i = 0; i < 3; i++) {
      await process.read()
      await watched.idle()
    }
    await process.cache.write(['User'], database.set('v1'))
    expect(await process.read()).toBe('v1')
    return { loads: database.loads, warnings: process.warnings, failures: process.failures }
  } finally {
    client.disconnect()
  }
}

test('a user needs these commands and no others, on keys with the prefix', async () => {
  expect(await threeReads(`${needed} +info`)).toEqual({ loads: 2, warnings: [], failures: [] })
})

test('without INFO nothing is cached, and that is told once', async () => {
  expect(await threeReads(needed)).toEqual({ loads: 4, warnings: ['REDIS_WITHOUT_EPOCH'], failures: [] })
})

test('without permission for scripts nothing is cached, no query fails, and that is told', async () => {
  const { loads, failures } = await threeReads('+get')
  expect(loads).toBe(4)
  expect(failures[0]).toMatch(/^script READ: .*NOPERM/)
})
