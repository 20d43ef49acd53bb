import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import pg from 'pg'
import { type RedisServer, startRedisServer, startTcpProxy } from '../services/index.js'
import { sharedPostgres } from '../services/shared.js'
import { until } from '../services/until.js'
import { Application } from './application.js'
import type { Moment, Setup } from './messages.js'

// Each starts processes, and waits for outages that last.
vi.setConfig({ testTimeout: 180_000 })

const maxStalenessMs = 3_000
const rows = 3
let primary: RedisServer
let setup: Setup
const running: Application[] = []

beforeEach(async () => {
  const databaseUrl = await (await sharedPostgres()).createDatabase()
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  await client.query('CREATE TABLE item (id int PRIMARY KEY, version int NOT NULL DEFAULT 1)')
  await client.query('INSERT INTO item (id) SELECT generate_series(0, $1::int)', [rows - 1])
  await client.end()
  primary = await startRedisServer()
  setup = {
    redisPort: primary.port,
    backupPort: undefined,
    databaseUrl,
    prefix: 'failover:',
    maxStalenessMs,
  }
})
afterEach(async () => {
  await Promise.all(running.splice(0).map((application) => application.kill()))
  await primary.stop()
})

async function start(options: Partial<Setup> = {}): Promise<Application> {
  const application = await Application.start({ ...setup, ...options })
  running.push(application)
  return application
}

const uses = async (active: string, ...applications: readonly Application[]) => {
  for (const application of applications)
    await until(`a process uses the ${active}`, async () => (await application.state()).active === active)
}

const sees = async (application: Application, version: number) =>
  await until(`a process sees version ${version}`, async () => (await application.read()) === version)

/** Reads until that is a hit, and returns what it was. */
async function hit(application: Application): Promise<number> {
  for (;;) {
    const { hits } = await application.state()
    const version = await application.read()
    if ((await application.state()).hits > hits) return version
  }
}

describe('a primary that is killed and started again', () => {
  test('every process answers from its backup meanwhile, and from the primary afterwards', async () => {
    const [one, two] = await Promise.all([start(), start()])
    expect([await hit(one), await hit(two)]).toEqual([1, 1])
    await primary.kill()
    await uses('backup', one, two)
    expect([await hit(one), await hit(two)]).toEqual([1, 1])
    expect(await one.write()).toBe(2)
    expect(await hit(one)).toBe(2)
    await sees(two, 2)
    await primary.start()
    await uses('primary', one, two)
    expect([await hit(one), await hit(two)]).toEqual([2, 2])
    expect(await two.write()).toBe(3)
    await sees(one, 3)
  })

  test('nothing from an earlier outage is served in the next one', async () => {
    const [one, two] = await Promise.all([start(), start()])
    for (const application of [one, two]) await application.read()
    await primary.kill()
    await uses('backup', one, two)
    expect(await hit(two)).toBe(1)
    await primary.start()
    await uses('primary', one, two)
    expect(await one.write()).toBe(2)
    await primary.kill()
    await uses('backup', two)
    expect(await two.read()).toBe(2)
  })
})

describe('a primary that stands still, and goes on with all it remembers', () => {
  test('serves nothing that was written meanwhile, by a process that has died since', async () => {
    const [reader, writer] = await Promise.all([start(), start()])
    expect([await hit(reader), await hit(writer)]).toEqual([1, 1])
    await primary.pause()
    await uses('backup', reader, writer)
    expect(await writer.write()).toBe(2)
    await writer.kill()
    await primary.resume()
    await uses('primary', reader)
    expect(await reader.read()).toBe(2)
    expect(await hit(await start())).toBe(2)
  })
})

describe('a wire that is cut for one process only', () => {
  test('it sees what the others write within the bound, and they see what it wrote when it is back', async () => {
    const proxy = await startTcpProxy(primary)
    try {
      const [cutOff, other] = await Promise.all([start({ redisPort: proxy.port }), start()])
      expect([await hit(cutOff), await hit(other)]).toEqual([1, 1])
      proxy.stall()
      await uses('backup', cutOff)
      expect(await hit(cutOff)).toBe(1)
      expect(await other.write()).toBe(2)
      await sees(cutOff, 2)
      expect(await cutOff.write()).toBe(3)
      expect(await cutOff.read()).toBe(3)
      proxy.cut()
      proxy.resume()
      await uses('primary', cutOff)
      expect(await other.read()).toBe(3)
    } finally {
      await proxy.stop()
    }
  })
})

describe('a second server as backup', () => {
  test('is shared: what one process loads is a hit for the other, and what it writes is seen at once', async () => {
    const backup = await startRedisServer()
    try {
      const [one, two] = await Promise.all([
        start({ backupPort: backup.port }),
        start({ backupPort: backup.port }),
      ])
      for (const application of [one, two]) await application.read()
      await primary.kill()
      await uses('backup', one, two)
      expect(await hit(one)).toBe(1)
      const { hits } = await two.state()
      expect(await two.read()).toBe(1)
      expect((await two.state()).hits).toBe(hits + 1)
      expect(await one.write()).toBe(2)
      expect(await two.read()).toBe(2)
    } finally {
      await backup.stop()
    }
  })
})

test('through outages of all kinds no read is older than the bound, and each process reads its own writes', async () => {
  const applications = await Promise.all([start(), start(), start()])
  await Promise.all(applications.map((application, row) => application.work(row, rows)))
  const outages: readonly [begin: () => Promise<void>, end: () => Promise<void>][] = [
    [async () => await primary.kill(), async () => await primary.start()],
    [async () => await primary.pause(), async () => await primary.resume()],
    [async () => await primary.pause(), async () => await primary.restart()],
  ]
  await haveWorked(applications)
  for (const [begin, end] of outages) {
    await begin()
    await uses('backup', ...applications)
    await haveWorked(applications)
    await end()
    await uses('primary', ...applications)
    await haveWorked(applications)
  }
  const histories = await Promise.all(applications.map((application) => application.stop()))
  for (const application of applications)
    expect((await application.state()).outages).toBeGreaterThanOrEqual(outages.length)
  expect(tooOld(histories.flat(), maxStalenessMs)).toEqual([])
  for (const history of histories) expect(tooOld(history, 0)).toEqual([])
})

/** Each has been answered from its cache, and has written, some times more. */
async function haveWorked(applications: readonly Application[]): Promise<void> {
  for (const application of applications) {
    const before = await application.state()
    await until('a process has read and written', async () => {
      const { hits, writes } = await application.state()
      return hits >= before.hits + 20 && writes >= before.writes + 5
    })
  }
}

/** Reads that began more than `boundMs` after a newer version was acknowledged. */
function tooOld(history: readonly Moment[], boundMs: number): readonly Moment[] {
  const writes = history.filter(({ kind }) => kind === 'write')
  return history.filter(
    (moment) =>
      moment.kind === 'read' &&
      writes.some(
        ({ row, version, at }) => row === moment.row && version > moment.version && at + boundMs < moment.at,
      ),
  )
}
