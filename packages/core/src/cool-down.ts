import { LRUCache } from 'lru-cache'
import type { Clock } from './clock.js'
import type { Vector } from './store.js'

/** How the last loads of a key have failed. */
interface Failures {
  /** A write may have mended what failed. */
  readonly vectorId: string
  readonly error: unknown
  readonly at: number
  /** In a row. */
  readonly count: number
  readonly coolForMs: number
}

const maxKeys = 10_000
// One failure may be an accident, which the next attempt does not meet.
const failuresToCool = 2
// What failed longer ago says nothing of the next attempt.
const rowEndsAfterMs = 10_000

/** Keys whose loads have failed just now: of one database that is down, not every reader need find out by asking it. */
export class CoolDown {
  readonly #clock: Clock
  // Made when something fails: most caches never need it.
  #failures: LRUCache<string, Failures> | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Whether any key may be cooling down. */
  get isInUse(): boolean {
    return this.#failures !== undefined
  }

  /** What the key's readers are told without loading; `undefined`: they load. */
  find(key: string, vector: Vector): { readonly error: unknown } | undefined {
    const failures = this.#failures?.get(key)
    if (failures === undefined || failures.count < failuresToCool) return undefined
    const passedMs = this.#clock.now() - failures.at
    // A clock that was set back must not make it longer.
    const isCooling = passedMs >= 0 && passedMs < failures.coolForMs
    return isCooling && failures.vectorId === vector.id ? failures : undefined
  }

  failed(key: string, vector: Vector, error: unknown, coolForMs: number): void {
    this.#failures ??= new LRUCache({ max: maxKeys })
    const before = this.#failures.get(key)
    const at = this.#clock.now()
    const vectorId = vector.id
    const isInRow = before?.vectorId === vectorId && at - before.at < rowEndsAfterMs + coolForMs
    this.#failures.set(key, { vectorId, error, at, count: isInRow ? before.count + 1 : 1, coolForMs })
  }

  succeeded(key: string): void {
    this.#failures?.delete(key)
  }
}
