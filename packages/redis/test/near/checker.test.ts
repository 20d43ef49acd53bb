import { prepareCopy, type StoreContext } from '@freshet/core/store'
import { FakeClock } from '@freshet/testing'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type RedisServer, startRedisServer } from '../../../../test/services/index.js'
import { Link } from '../../src/link.js'
import { Checker } from '../../src/near/checker.js'
import { Generations } from '../../src/near/generations.js'
import { NearCopy } from '../../src/near/near-copy.js'
import { RedisVector } from '../../src/vector.js'
import { clientWire } from '../../src/wire.js'
import { connectTo, type TestClient } from '../support/clients.js'

let server: RedisServer
let client: TestClient
let epoch: string
let generations: Generations
let checker: Checker
beforeAll(async () => {
  server = await startRedisServer()
  client = await connectTo(server, 'ioredis 5')
  epoch = /master_replid:(\w+)/.exec(String(await client.callBuffer('info', 'replication')))![1]!
})
afterAll(async () => {
  client.disconnect()
  await server.stop()
})
beforeEach(() => {
  const clock = new FakeClock()
  const context: StoreContext = {
    now: () => clock.now(),
    setTimer: (callback, ms) => clock.setTimer(callback, ms),
    failed: () => undefined,
    warn: () => undefined,
    switched: () => undefined,
    consistency: { mode: 'strong' },
    near: undefined,
  }
  const limits = { timeoutMs: 500, breakerFailures: 5, breakerRetryMs: 1_000 }
  generations = new Generations({
    now: context.now,
    prefix: 'g:',
    maxKeys: 100,
    limitMs: () => undefined,
    onlyPushed: () => false,
    sessions: () => new Map(),
  })
  checker = new Checker({ link: new Link(clientWire(client), context, limits), context, generations })
})

const learn = (tag: string, value: string) =>
  generations.answered(
    generations.ask(),
    new Map([[`g:${tag}`, { value: Buffer.from(value), epoch, serverMicros: 0, localMs: 0 }]]),
  )

/** As a look-up leaves it that has found it to agree with what is known. */
const copyOf = (generationOf: Readonly<Record<string, string>>): NearCopy => {
  const tags = Object.keys(generationOf)
  const stamps = tags.map((tag) => `${generationOf[tag]}@${epoch}`)
  const vector = new RedisVector(tags, stamps, true, { serverMicros: 0, localMs: 0 })
  const record = { copy: prepareCopy('row')!, tags, toldBy: undefined, storedAt: 0, expiresAt: 1, loadMs: 1 }
  const copy = new NearCopy(
    record,
    vector,
    tags.map((tag) => `g:${tag}`),
  )
  copy.checkedAt = generations.version
  return copy
}

const check = (copy: NearCopy) => checker.check(copy, (found) => found)

test('copies are current as long as the server has what they were stored under', async () => {
  await client.callBuffer('mset', 'g:user', 'u1', 'g:team', 't1')
  for (const [tag, value] of [
    ['user', 'u1'],
    ['team', 't1'],
  ] as const)
    learn(tag, value)
  const [user, both, team] = [
    copyOf({ user: 'u1' }),
    copyOf({ team: 't1', user: 'u1' }),
    copyOf({ team: 't1' }),
  ]
  expect(await Promise.all([user, both, team].map(check))).toEqual(['current', 'current', 'current'])
  await client.callBuffer('set', 'g:team', 't2')
  expect(await check(both)).toBe('outdated')
  expect(await Promise.all([user, both, team].map(check))).toEqual(['current', 'outdated', 'outdated'])
})

test('a copy is not current because the server has what was learnt after it was found to agree', async () => {
  await client.callBuffer('set', 'g:user', 'u2')
  learn('user', 'u1')
  const alone = check(copyOf({ user: 'u1' }))
  learn('user', 'u2')
  expect(await alone).toBe('outdated')

  learn('user', 'u1')
  const old = check(copyOf({ user: 'u1' }))
  learn('user', 'u2')
  const young = check(copyOf({ user: 'u2' }))
  expect(await Promise.all([old, young])).toEqual(['outdated', 'current'])
})

test('what comes next may fail, and fails the check alone', async () => {
  await client.callBuffer('set', 'g:user', 'u1')
  learn('user', 'u1')
  const failing = checker.check(copyOf({ user: 'u1' }), () => {
    throw new Error('next')
  })
  const other = check(copyOf({ user: 'u1' }))
  await expect(failing).rejects.toThrow('next')
  expect(await other).toBe('current')
})
