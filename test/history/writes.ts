import { AsyncLocalStorage } from 'node:async_hooks'
import { setTimeout as wait } from 'node:timers/promises'
import type { Cache } from '@freshet/core'
import { isServerError } from '@freshet/core/adapter'
import type pg from 'pg'
import type { Random } from '../property/random.js'
import { type AtCommit, update } from './database.js'
import type { Log } from './log.js'
import type { Order, Point } from './messages.js'
import { tagOf } from './rows.js'

/** What a write's process does at a point of it, by order. */
export interface Fate {
  /** Sends itself SIGKILL, with everything written down. */
  die(): Promise<never>
  /** Tells, and sends itself SIGSTOP. */
  pause(): Promise<void>
}

interface UnderWay {
  readonly number: number
  invalidationFailed: boolean
}

type Socket = { readonly connection: { readonly stream: { destroy(): void } } }

const deliveryPauseMs = 20
const longestDawdleMs = 200

/** Writes rows as an adapter's tap does: marks, COMMIT, new generations, acknowledgement; and writes down how it went. */
export class RowWriter {
  readonly #cache: Cache
  readonly #pool: pg.Pool
  readonly #log: Log
  readonly #random: Random
  readonly #fate: Fate
  readonly #underWay = new AsyncLocalStorage<UnderWay>()

  constructor(cache: Cache, pool: pg.Pool, log: Log, random: Random, fate: Fate) {
    this.#cache = cache
    this.#pool = pool
    this.#log = log
    this.#random = random
    this.#fate = fate
    cache.on('failure', ({ action }) => this.#failed(action))
  }

  async write(row: number, order: Order | undefined): Promise<void> {
    if (order === undefined && this.#random.chance(0.4)) await this.#autocommit(row)
    else await this.#transaction(row, order)
  }

  /** A statement of its own: its version is known when it is committed. */
  async #autocommit(row: number): Promise<void> {
    await this.#around(row, undefined, async (write) => {
      const version = await update(this.#pool, row, null)
      this.#log.version(write, version)
      this.#log.committed(write)
    })
  }

  /** Several statements: it is marked when they are done. */
  async #transaction(row: number, order: Order | undefined): Promise<void> {
    const client = await this.#pool.connect()
    // A connection that is lost tells everybody who listens, and ends the process if nobody does.
    client.on('error', ignore)
    let isUsable = false
    try {
      await client.query('BEGIN')
      const version = await update(client, row, this.#atCommit(order))
      await this.#around(row, order, async (write) => {
        this.#log.version(write, version)
        await this.#commit(client, order)
        this.#log.committed(write)
        isUsable = true
      })
    } catch (error) {
      if (!isServerError(error)) throw error
      await client.query('ROLLBACK')
      isUsable = true
    } finally {
      client.off('error', ignore)
      client.release(!isUsable)
    }
  }

  #atCommit(order: Order | undefined): AtCommit {
    if (order !== undefined) return this.#random.chance(0.7) ? 'slow' : null
    return this.#random.weighted([
      [94, null],
      [3, 'slow'],
      [3, 'fail'],
    ])
  }

  async #commit(client: pg.PoolClient, order: Order | undefined): Promise<void> {
    const loses = order?.kind === 'lose' ? order.when : undefined
    if (loses === 'before') socketOf(client).destroy()
    const committing = client.query('COMMIT')
    if (loses === 'during') socketOf(client).destroy()
    await Promise.all([committing, this.#reach('during the commit', order)])
  }

  /** `run` commits; the rest is what a tap does around it. */
  async #around(row: number, order: Order | undefined, run: (write: number) => Promise<void>): Promise<void> {
    const write = this.#log.begin(row)
    const underWay: UnderWay = { number: write, invalidationFailed: false }
    await this.#underWay.run(underWay, async () => {
      try {
        await this.#reach('before the mark', order)
        await this.#cache.write(
          [tagOf(row)],
          async () => {
            await this.#reach('after the mark', order)
            await this.#dawdle(order?.kind === 'dawdle' ? order.beforeMs : undefined)
            await run(write)
            await this.#dawdle(order?.kind === 'dawdle' ? order.afterMs : undefined)
            await this.#reach('after the commit', order)
          },
          { isRolledBack: isServerError },
        )
      } catch (error) {
        this.#log.ended(write, isServerError(error) ? 'refused' : 'unknown')
        if (order?.kind === 'lose' || isServerError(error)) return
        throw error
      }
      await this.#deliver(row, underWay)
      await this.#reach('after the new generation', order)
      this.#log.ended(write, 'acknowledged')
    })
  }

  /** A process that is busy goes on later: its row stays marked, and must not be served meanwhile. */
  async #dawdle(ms: number | undefined): Promise<void> {
    if (ms !== undefined) await wait(ms)
    else if (this.#random.chance(0.15)) await wait(this.#random.int(10, longestDawdleMs))
  }

  /** What a caller does who wants promise 1 whatever happens: the invalidation that was not delivered is sent until it is. */
  async #deliver(row: number, underWay: UnderWay): Promise<void> {
    while (underWay.invalidationFailed) {
      // It may be refused at once, for as long as the store is away.
      await wait(deliveryPauseMs)
      underWay.invalidationFailed = false
      await this.#cache.invalidate([tagOf(row)])
    }
  }

  #failed(action: string): void {
    const underWay = this.#underWay.getStore()
    if (underWay === undefined) return
    if (action === 'open intent' || action === 'hold' || action === 'end hold')
      this.#log.failed(underWay.number, 'unmarked')
    if (action !== 'close intent' && action !== 'invalidate') return
    this.#log.failed(underWay.number, 'undelivered')
    underWay.invalidationFailed = true
  }

  async #reach(point: Point, order: Order | undefined): Promise<void> {
    if (order === undefined || !('point' in order) || order.point !== point) return
    await (order.kind === 'die' ? this.#fate.die() : this.#fate.pause())
  }
}

const socketOf = (client: pg.PoolClient) => (client as unknown as Socket).connection.stream
const ignore = (): void => undefined
