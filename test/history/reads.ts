import { setTimeout as wait } from 'node:timers/promises'
import type { Cache } from '@freshet/core'
import type pg from 'pg'
import type { Random } from '../property/random.js'
import { versionsOf } from './database.js'
import { notThisRow } from './history.js'
import { type Log, now } from './log.js'
import type { WorkerSetup } from './messages.js'
import { tagOf } from './rows.js'

/** What is cached: rows with their ids, so that an answer for another row is known as one. */
type Answer = readonly (readonly [row: number, version: number])[] | Readonly<Record<string, number>>

const longLoadMs = 60

/** Reads rows through the cache and writes down what came. */
export class RowReader {
  readonly #cache: Cache
  readonly #pool: pg.Pool
  readonly #log: Log
  readonly #random: Random
  readonly #version: WorkerSetup['version']

  constructor(cache: Cache, pool: pg.Pool, log: Log, random: Random, version: WorkerSetup['version']) {
    this.#version = version
    this.#cache = cache
    this.#pool = pool
    this.#log = log
    this.#random = random
  }

  /** One row, or several of which one entry is made. */
  async read(rows: readonly number[]): Promise<void> {
    const start = now()
    const answer = await this.#cache.getOrSet<Answer>(
      ['item', this.#version, ...rows],
      async () => await this.#load(rows),
      {
        tags: rows.map(tagOf),
      },
    )
    const end = now()
    rows.forEach((row, index) => this.#log.read(row, start, end, this.#versionIn(answer, rows, index)))
  }

  async #load(rows: readonly number[]): Promise<Answer> {
    const dawdles = this.#random.next()
    if (dawdles < 0.05) await wait(this.#random.int(1, longLoadMs))
    const versions = await versionsOf(this.#pool, rows)
    // What the database said is still travelling.
    if (dawdles > 0.9) await wait(this.#random.int(1, longLoadMs))
    const found = rows.map((row) => [row, versions.get(row) ?? notThisRow] as const)
    return this.#version === 1 ? found : Object.fromEntries(found)
  }

  #versionIn(answer: unknown, rows: readonly number[], index: number): number {
    return versionIn(this.#version === 1 ? answer : listOf(answer, rows), rows, index)
  }
}

/** Of the second version's shape, which has rows by their ids. */
function listOf(answer: unknown, rows: readonly number[]): unknown {
  if (typeof answer !== 'object' || answer === null || Array.isArray(answer)) return undefined
  const byRow = answer as Readonly<Record<string, unknown>>
  return Object.keys(byRow).length === rows.length ? rows.map((row) => [row, byRow[row]]) : undefined
}

function versionIn(answer: unknown, rows: readonly number[], index: number): number {
  if (!Array.isArray(answer) || answer.length !== rows.length) return notThisRow
  const part: unknown = answer[index]
  return Array.isArray(part) && part[0] === rows[index] ? versionOf(part[1]) : notThisRow
}

const versionOf = (value: unknown): number => (typeof value === 'number' ? value : notThisRow)
