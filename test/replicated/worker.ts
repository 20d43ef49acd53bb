import { createCache } from '@freshet/core'
import { redisStore } from '@freshet/redis'
import { Redis } from 'ioredis'
import pg from 'pg'
import type { Answer, Request, Setup } from './messages.js'

/* One process of an application: it does what its parent asks, and ends when its parent does. */
const setup = JSON.parse(process.env['REPLICA_WORKER'] ?? '{}') as Setup
const pool = new pg.Pool({ connectionString: setup.database, max: 4 })
const redis = new Redis({ port: setup.redisPort, retryStrategy: () => 20 })
redis.on('error', () => undefined)
const cache = createCache({
  // The machine may be busy with everything else: who cannot reach the store in time goes on without it.
  store: redisStore(redis, { topology: 'replicated', timeout: '20s', writeTimeout: '30s' }),
  namespace: 'settings',
  consistency: setup.consistency,
  ttl: '10m',
})

const load = (row: number) => async (): Promise<number> => {
  const { rows } = await pool.query<{ version: number }>('SELECT version FROM setting WHERE id = $1', [row])
  return rows[0]!.version
}

async function answer(request: Request): Promise<Answer> {
  const { id } = request
  try {
    switch (request.type) {
      case 'read': {
        const { row } = request
        return { id, version: await cache.getOrSet(row, load(row), { tags: [`setting#${row}`] }) }
      }
      case 'write': {
        const { row, version } = request
        await cache.write([`setting#${row}`], async () => {
          await pool.query('UPDATE setting SET version = $2 WHERE id = $1', [row, version])
        })
        return { id, version }
      }
      case 'stats': {
        const { entries, loads, failures } = cache.stats()
        return { id, entries, loads, failures }
      }
    }
  } catch (error) {
    return { id, error: String(error) }
  }
}

process.on('disconnect', () => process.exit())
process.on('message', (request: Request) => {
  void answer(request).then((answered) => process.send!(answered))
})
redis.once('ready', () => process.send!({ id: 0 }))
