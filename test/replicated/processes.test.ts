import pg from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { type RedisServer, startRedisServer } from '../services/index.js'
import { sharedPostgres } from '../services/shared.js'
import type { Setup } from './messages.js'
import { ReplicaProcess } from './replica-process.js'

vi.setConfig({ testTimeout: 300_000 })

const rows = Array.from({ length: 6 }, (_, row) => row)
let server: RedisServer
let database: string
let client: pg.Client
let started: ReplicaProcess[]
beforeAll(async () => {
  server = await startRedisServer()
  database = await (await sharedPostgres()).createDatabase()
  client = new pg.Client({ connectionString: database })
  await client.connect()
  await client.query('CREATE TABLE setting (id int PRIMARY KEY, version int NOT NULL)')
})
afterAll(async () => {
  await client.end()
  await server.stop()
})
beforeEach(async () => {
  await server.command('FLUSHALL')
  await client.query('TRUNCATE setting')
  await client.query('INSERT INTO setting SELECT generate_series(0, $1::int), 0', [rows.length - 1])
  started = []
})
afterEach(async () => {
  await Promise.all(started.map(async (process) => await process.kill()))
})

async function start(consistency: Setup['consistency']) {
  const process = await ReplicaProcess.start({ database, redisPort: server.port, consistency })
  started.push(process)
  return process
}

const readAll = async (process: ReplicaProcess) =>
  await Promise.all(rows.map(async (row) => await process.read(row)))

async function has(process: ReplicaProcess, entries: number) {
  while ((await process.stats()).entries < entries);
}

test('what one process loads the others have, and load nothing', async () => {
  const [first, second] = await Promise.all([start('eventual'), start('eventual')])
  await second.read(0)
  await readAll(first)
  await has(second, rows.length)
  const { loads } = await second.stats()
  expect(loads).toBe(1)
  expect(await readAll(second)).toEqual(rows.map(() => 0))
  const third = await start('eventual')
  await third.read(0)
  await has(third, rows.length)
  expect(await readAll(third)).toEqual(rows.map(() => 0))
  expect(await second.stats()).toMatchObject({ loads: 1, failures: 0 })
  expect(await third.stats()).toMatchObject({ loads: 0, failures: 0 })
})

test('no read that starts after an acknowledged write is older, also while processes join and are killed', async () => {
  const processes = await Promise.all([start('strong'), start('strong')])
  const ended = Promise.all([
    (async () => {
      for (let life = 0; life < 3; life++) processes.push(await start('strong'))
      const [killed] = processes.splice(0, 1)
      await killed!.kill()
    })(),
    ...rows.map(async (row) => {
      for (let version = 1; version <= 20; version++) {
        const writer = processes.at(version % processes.length)!
        // A process that is killed over its write does not acknowledge it; another writes again.
        if (!(await writer.write(row, version))) await processes.at(-1)!.write(row, version)
        const read = await Promise.all(processes.map(async (reader) => await reader.read(row)))
        for (const found of read) if (found !== undefined) expect(found).toBe(version)
      }
    }),
  ])
  await ended
  for (const process of processes) expect((await process.stats()).failures).toBe(0)
})

test('eventual: every process comes to see every write', async () => {
  const [first, second] = await Promise.all([start('eventual'), start('eventual')])
  for (let version = 1; version <= 10; version++) {
    await Promise.all(rows.map(async (row) => await (row % 2 === 0 ? first : second).write(row, version)))
    for (const process of [first, second]) {
      let seen = await readAll(process)
      while (seen.some((found) => found !== version)) seen = await readAll(process)
    }
  }
})
