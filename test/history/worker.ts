import { setTimeout as wait } from 'node:timers/promises'
import { createCache } from '@freshet/core'
import { redisStore } from '@freshet/redis'
import { randomFrom } from '../property/random.js'
import { connect } from './connect.js'
import { openPool } from './database.js'
import { Log } from './log.js'
import type { Command, Figures, Order, Report, Role, WorkerSetup } from './messages.js'
import { RowReader } from './reads.js'
import { rowToRead, rowToWrite } from './rows.js'
import { RowWriter } from './writes.js'

/*
 * One process of the application that the history is of. It is told what to do by messages, writes down what it did in
 * its log, and ends when its parent does.
 */
const setup = JSON.parse(process.env['HISTORY_WORKER'] ?? '{}') as WorkerSetup

/** Reads and writes that run side by side in one process. */
const lanes: Readonly<Record<Role, { readonly reading: number; readonly writing: number }>> = {
  reader: { reading: 32, writing: 0 },
  writer: { reading: 0, writing: 12 },
  both: { reading: 16, writing: 6 },
}
// Between two of a lane's writes, and of its reads now and then: so many reads would leave no time for writes.
const longestPauseMs = 10
const readsPerPause = 12
const figuresEveryMs = 250
const keptErrors = 20

const { freshness } = setup
const random = randomFrom(setup.seed, setup.name)
const redis = connect(setup.redis)
redis.on('error', () => undefined)
const cache = createCache({
  store: redisStore(redis, {
    prefix: setup.prefix,
    lease: setup.leaseMs,
    timeout: '300ms',
    ...(freshness.mode === 'eventual' ? { silence: freshness.staleMs } : {}),
    breaker: { failures: 5, retryAfter: '100ms' },
  }),
  consistency: freshness.mode === 'bounded' ? { maxStaleness: freshness.staleMs } : freshness.mode,
  near: setup.near ? {} : false,
  unknownOutcomeHold: setup.holdMs,
  ttl: '10m',
})
const pool = openPool(setup.databaseUrl, 8)
const log = new Log(setup.logPath)
const errors: string[] = []
const orders: Order[] = []
let operations = 0
const does = { reading: false, writing: false }
let readers: Promise<unknown>[] = []
let writers: Promise<unknown>[] = []

const reader = new RowReader(cache, pool, log, random.fork('reads'), setup.version)
const writer = new RowWriter(cache, pool, log, random.fork('writes'), {
  die: async () => {
    log.flush()
    process.kill(process.pid, 'SIGKILL')
    return await new Promise<never>(() => undefined)
  },
  pause: async () => {
    log.flush()
    await new Promise<void>((resolve) => {
      process.send!({ type: 'pausing' } satisfies Report, () => {
        process.kill(process.pid, 'SIGSTOP')
        resolve()
      })
    })
  },
})

async function attempt(operation: () => Promise<void>): Promise<void> {
  operations++
  try {
    await operation()
  } catch (error) {
    if (errors.length < keptErrors)
      errors.push(error instanceof Error ? (error.stack ?? error.message) : String(error))
  }
}

async function keepReading(): Promise<void> {
  while (does.reading) {
    const row = rowToRead(random, setup.rows)
    const rows = random.chance(0.1) ? [row, (row + 1) % setup.rows] : [row]
    await attempt(async () => await reader.read(rows))
    if (random.chance(1 / readsPerPause)) await wait(random.int(1, longestPauseMs))
  }
}

async function keepReadingRows(rows: readonly number[], until: number): Promise<void> {
  do {
    await Promise.all(rows.map((row) => attempt(async () => await reader.read([row]))))
    await wait(1)
  } while (performance.now() < until)
}

async function keepWriting(): Promise<void> {
  while (does.writing) {
    await attempt(async () => await writer.write(rowToWrite(random, setup.rows), orders.shift()))
    await wait(random.int(0, longestPauseMs))
  }
}

async function sweep(): Promise<void> {
  for (let row = 0; row < setup.rows; row++) {
    await Promise.all([
      attempt(async () => await reader.read([row])),
      attempt(async () => await reader.read([row, (row + 1) % setup.rows])),
    ])
  }
  log.flush()
}

const laneCount = lanes[setup.role]

async function carryOut(command: Command): Promise<void> {
  switch (command.type) {
    case 'go':
      does.reading = does.writing = true
      readers = Array.from({ length: laneCount.reading }, keepReading)
      writers = Array.from({ length: laneCount.writing }, keepWriting)
      return
    case 'order':
      orders.push(command.order)
      return
    case 'read':
      return await keepReadingRows(command.rows, performance.now() + command.forMs)
    case 'write':
      await Promise.all(
        command.rows.map((row) => attempt(async () => await writer.write(row, command.order))),
      )
      return
    case 'stop writing':
      does.writing = false
      await Promise.all(writers)
      orders.length = 0
      await Promise.all(
        command.last.map(({ row, order }) => attempt(async () => await writer.write(row, order))),
      )
      return
    case 'stop reading':
      does.reading = false
      await Promise.all(readers)
      log.flush()
      return
    case 'sweep':
      return await sweep()
    case 'heal':
      await cache.invalidate(command.rows.map((row) => `item#${row}`))
      return
  }
}

function figures(): Figures {
  const { hits, misses, bypasses, joined } = cache.stats()
  return { operations, hits, misses, bypasses, joined, errors }
}

const report = (message: Report): void => void process.send?.(message, () => undefined)

process.on('message', (command: Command) => {
  void carryOut(command).then(() => report({ type: 'done', what: command.type, figures: figures() }))
})
process.on('disconnect', () => process.exit(0))
setInterval(() => {
  // The parent may have gone before anybody listened for it.
  if (!process.connected) process.exit(0)
  report({ type: 'figures', figures: figures() })
}, figuresEveryMs)
report({ type: 'ready' })
