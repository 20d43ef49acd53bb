import { createCache } from '@freshet/core'
import { describe, expect, test } from 'vitest'
import type { RedisClient } from '../src/client.js'
import { redisStore, type Topology } from '../src/index.js'

const one: RedisClient = {
  status: 'end',
  options: {},
  connect: async () => await Promise.reject(new Error('not to be connected')),
  callBuffer: async () => await Promise.reject(new Error('not connected')),
  pipeline: () => ({ callBuffer: () => undefined, exec: async () => await Promise.resolve(null) }),
  on: () => undefined,
  off: () => undefined,
  duplicate: () => undefined,
}
const cluster: RedisClient = { ...one, isCluster: true, nodes: () => [] }
const refused = (named: string) =>
  expect.objectContaining({ code: 'INVALID_OPTION', message: expect.stringContaining(named) })

describe('a name that fits the client is taken', () => {
  test.each<[Topology | undefined, RedisClient, false | undefined]>([
    [undefined, one, false],
    ['near', one, undefined],
    ['near', cluster, undefined],
    ['partitioned', cluster, undefined],
    ['partitioned', cluster, false],
    ['replicated', one, undefined],
    ['replicated', cluster, undefined],
  ])('%s', async (topology, client, near) => {
    const store = redisStore(client, topology === undefined ? {} : { topology })
    await createCache({ store, ...(near === false && { near }) }).close()
  })
})

describe('a name that does not fit says what to do', () => {
  test('no cluster', () => {
    expect(() => redisStore(one, { topology: 'partitioned' })).toThrow(refused('new Cluster'))
  })

  test('local is not in Redis', () => {
    expect(() => redisStore(one, { topology: 'local' as never })).toThrow(refused('memoryStore()'))
  })

  test('no name', () => {
    expect(() => redisStore(one, { topology: 'sharded' as never })).toThrow(refused("'replicated'"))
  })

  test.each([one, cluster])('a client that cannot make connections', (client) => {
    const { duplicate: _, nodes: __, ...lacking } = client
    expect(() => redisStore(lacking, { topology: 'replicated' })).toThrow(refused('()'))
  })

  test.each(['near', 'replicated'] as const)('%s without copies', (topology) => {
    expect(() => createCache({ store: redisStore(one, { topology }), near: false })).toThrow(
      refused('near: false'),
    )
  })
})
