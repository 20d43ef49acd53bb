import { setTimeout as wait } from 'node:timers/promises'
import { createCache, failover, memoryStore } from '@freshet/core'
import { redisStore } from '@freshet/redis'
import { Redis } from 'ioredis'
import pg from 'pg'
import type { Answer, Asked, Moment, Question, Setup, Told } from './messages.js'

/*
 * One process of an application whose cache has a backup. It is told what to do by messages, and ends when its parent does.
 */
const setup = JSON.parse(process.env['FAILOVER_PROCESS'] ?? '{}') as Setup

const connect = (port: number): Redis => {
  const redis = new Redis({ port, retryStrategy: () => 50 })
  redis.on('error', () => undefined)
  return redis
}
const pool = new pg.Pool({ connectionString: setup.databaseUrl, max: 4 })
const cache = createCache({
  store: failover({
    primary: redisStore(connect(setup.redisPort), { prefix: setup.prefix }),
    backup:
      setup.backupPort === undefined
        ? memoryStore()
        : redisStore(connect(setup.backupPort), { prefix: setup.prefix }),
    // A machine that is busy with other tests lets a process stand still for a second now and then.
    after: '3s',
  }),
  consistency: { maxStaleness: setup.maxStalenessMs },
  ttl: '1h',
})

const tag = (row: number): string => `Item#${row}`

async function versionOf(sql: string, row: number): Promise<number> {
  const { rows } = await pool.query<{ version: number }>(sql, [row])
  return rows[0]!.version
}

const read = async (row: number): Promise<number> =>
  await cache.getOrSet(
    ['item', row],
    async () => await versionOf('SELECT version FROM item WHERE id = $1', row),
    { tags: [tag(row)] },
  )

const write = async (row: number): Promise<number> =>
  await cache.write(
    [tag(row)],
    async () => await versionOf('UPDATE item SET version = version + 1 WHERE id = $1 RETURNING version', row),
  )

const state = { isWorking: false }
const moments: Moment[] = []
const now = (): number => performance.timeOrigin + performance.now()
// Other processes want to have their turn.
const readPauseMs = 3
const writePauseMs = 20

async function keepReading(rows: number): Promise<void> {
  for (let row = 0; state.isWorking; row = (row + 1) % rows) {
    const at = now()
    moments.push({ kind: 'read', row, version: await read(row), at })
    await wait(readPauseMs)
  }
}

async function keepWriting(row: number): Promise<void> {
  while (state.isWorking) {
    moments.push({ kind: 'write', row, version: await write(row), at: now() })
    await wait(writePauseMs)
  }
}

let work: Promise<unknown> = Promise.resolve()

async function answer(question: Question): Promise<Answer> {
  switch (question.type) {
    case 'read':
      return await read(question.row)
    case 'write':
      return await write(question.row)
    case 'state': {
      const { hits, invalidations: writes, failures, failover: active } = cache.stats()
      return { ...active!, hits, writes, failures }
    }
    case 'work':
      state.isWorking = true
      work = Promise.all([keepReading(question.rows), keepWriting(question.ownRow)])
      return undefined
    case 'stop':
      state.isWorking = false
      await work
      return moments.splice(0)
  }
}

const tell = (told: Told): void => void process.send!(told)

async function hear({ id, question }: Asked): Promise<void> {
  try {
    tell({ type: 'answer', id, answer: await answer(question) })
  } catch (error) {
    tell({ type: 'error', id, message: String(error) })
  }
}

process.on('message', (asked: Asked) => void hear(asked))
process.on('disconnect', () => process.exit())
tell({ type: 'ready' })
