import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type RedisServer, startRedisServer } from '../services/index.js'
import { until } from '../services/until.js'
import type { Application } from './support/application.js'
import { Scene } from './support/scene.js'

// Bad wires between Redis and processes that go on. `far` and `writer` are behind the wires, `bare` never is.

let server: RedisServer
let scene: Scene
let far: Application
let bare: Application
let writer: Application
/** A writer that leaves no mark: nothing but the wait for its new generation keeps others from what was before. */
let unmarking: Application
let id: number

beforeAll(async () => {
  server = await startRedisServer()
  scene = await Scene.open(server)
  const store = { timeout: '700ms', writeTimeout: '700ms', breaker: { retryAfter: 100 } } as const
  ;[far, bare, writer, unmarking] = await Promise.all([
    scene.start('far', { store, cache: { near: false } }),
    scene.start('bare', { store, cache: { near: false } }),
    scene.start('writer', { store, through: 'Prisma' }),
    scene.start('unmarking writer', { store, cache: { consistency: 'eventual' } }),
  ])
})
afterAll(async () => {
  await scene.close()
  await server.stop()
})
beforeEach(() => {
  id = scene.nextRow()
})
afterEach(() => {
  for (const { redisWire } of [far, writer, unmarking]) {
    redisWire!.delay(0)
    redisWire!.resume()
  }
})

const served = async () => [await scene.served(far, id), await scene.served(bare, id)]
const read = async () => [await far.read(id), await bare.read(id)]
const commandsRun = async () => await scene.commandsRun()

describe('slow Redis', () => {
  test('is waited for by a write, so that nobody reads what was before when it is acknowledged', async () => {
    expect(await served()).toEqual(['v0', 'v0'])
    unmarking.redisWire!.delay(200)
    await unmarking.write('v1', id)
    expect(await bare.read(id)).toBe('v1')
    expect(await far.read(id)).toBe('v1')
  })

  test('lets nobody join a request that was sent before a write', async () => {
    expect(await served()).toEqual(['v0', 'v0'])
    far.redisWire!.stallAnswers()
    const before = await commandsRun()
    const early = far.read(id)
    await until('the server has answered', async () => (await commandsRun()) > before)
    await writer.write('v1', id)
    const late = far.read(id)
    // It has been told of the second read when it tells how the first stands.
    await far.tell()
    far.redisWire!.resume()
    expect(['v0', 'v1']).toContain(await early)
    expect(await late).toBe('v1')
  })

  test('that is slower than anybody waits for is left out by a reader, and nothing fails', async () => {
    expect(await served()).toEqual(['v0', 'v0'])
    far.redisWire!.stallAnswers()
    await writer.write('v1', id)
    expect(await far.read(id)).toBe('v1')
    far.redisWire!.resume()
    expect(await served()).toEqual(['v1', 'v1'])
  })
})

describe('a connection that is half open', () => {
  test('keeps a reader from the cache and not from its rows', async () => {
    expect(await served()).toEqual(['v0', 'v0'])
    far.redisWire!.stall()
    await writer.write('v1', id)
    expect(await far.read(id)).toBe('v1')
    far.redisWire!.resume()
    expect(await served()).toEqual(['v1', 'v1'])
  })

  test('after a COMMIT is waited for by its write, so that nobody reads what was before when it is acknowledged', async () => {
    expect(await served()).toEqual(['v0', 'v0'])
    await scene.holdCommits()
    const writing = unmarking.write('v1', id, 'in a transaction')
    await scene.committing()
    unmarking.redisWire!.stall()
    await scene.letCommit()
    await scene.committed('v1', id)
    const acknowledged = writing.then(async () => await read())
    await unmarking.tell()
    unmarking.redisWire!.resume()
    expect(await acknowledged).toEqual(['v1', 'v1'])
  })

  test('never makes a write fail that was committed', async () => {
    await scene.holdCommits()
    const writing = writer.write('v1', id, 'in a transaction')
    await scene.committing()
    writer.redisWire!.stall()
    await scene.letCommit()
    await expect(writing).resolves.toBeUndefined()
    writer.redisWire!.resume()
    await writer.write('v2', id)
    expect(await read()).toEqual(['v2', 'v2'])
  })
})

test('a connection that breaks before the reply: what is sent again brings no old entry back', async () => {
  // It says what it has to say once, and its client says it again.
  const patient = await scene.start('patient', { store: { timeout: '30s', writeTimeout: '30s' } })
  await patient.write('v0', id)
  await scene.holdCommits()
  const first = patient.write('v1', id, 'in a transaction')
  await scene.committing()
  patient.redisWire!.stallAnswers()
  await scene.letCommit()
  await scene.unmarked()
  expect(await scene.served(bare, id)).toBe('v1')
  await unmarking.write('v2', id)
  await scene.reconnecting([patient], () => {
    patient.redisWire!.cut()
    patient.redisWire!.resume()
  })
  await first
  expect(await read()).toEqual(['v2', 'v2'])
})

test('CLIENT KILL of every connection, and nothing fails', async () => {
  expect(await served()).toEqual(['v0', 'v0'])
  await scene.reconnecting([far, bare, writer], async () => {
    await scene.command('CLIENT', 'KILL', 'TYPE', 'normal')
    await writer.write('v1', id)
    expect(await read()).toEqual(['v1', 'v1'])
  })
  expect(await served()).toEqual(['v1', 'v1'])
})

describe('CLIENT KILL of the push connection', () => {
  /** The connection on which the server pushes to the process, by the server's number. */
  const pushedTo = async (): Promise<string | undefined> => {
    const clients = String(await scene.command('CLIENT', 'LIST')).split('\n')
    return /\bid=(\d+)/.exec(clients.find((line) => /\bflags=\w*[tB]/.test(line)) ?? '')?.[1]
  }

  test('ends the copies of a process that relies on it: what was written meanwhile is seen', async () => {
    const pushed = await scene.start('pushed', {
      cache: { consistency: 'eventual' },
      // Long: it is the gap that must be noticed, and not the silence after it.
      store: { silence: '60s', timeout: '30s' },
    })
    expect(await scene.served(pushed, id)).toBe('v0')
    await until('it is pushed to', async () => (await pushedTo()) !== undefined)
    const first = (await pushedTo())!
    await until('its copy is served without asking', async () => {
      const before = await commandsRun()
      await pushed.read(id)
      return (await commandsRun()) === before
    })
    pushed.pushWire!.stall()
    await scene.command('CLIENT', 'KILL', 'ID', first)
    await writer.write('v1', id)
    pushed.pushWire!.resume()
    await until('it is pushed to again', async () => ![undefined, first].includes(await pushedTo()))
    await until('it sees the write', async () => (await pushed.read(id)) === 'v1')
    await writer.write('v2', id)
    await until('it sees the next', async () => (await pushed.read(id)) === 'v2')
  })
})
