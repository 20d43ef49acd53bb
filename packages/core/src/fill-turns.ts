import { LRUCache } from 'lru-cache'
import type { Clock } from './clock.js'
import type { Guard } from './guard.js'
import type { MaybePromise } from './maybe-promise.js'
import type { Space } from './space.js'
import type { Claim, Fills, Vector } from './store.js'

export interface FillTurnsParts {
  readonly fills: Fills
  readonly clock: Clock
  readonly guard: Guard
  readonly closing: AbortSignal
}

/** The right to load, for the readers of one process who asked for it together: the first one takes what came with it. */
export class Turn {
  #claim: Claim | undefined

  constructor(claim: Claim | undefined) {
    this.#claim = claim
  }

  take(): Claim | undefined {
    const claim = this.#claim
    this.#claim = undefined
    return claim
  }
}

/** What is to be loaded. */
export interface Wanted {
  readonly space: Space
  readonly key: string
  readonly vector: Vector
}

/** `changed`: there is an entry to serve, or another vector to load under. `nothing`: the store cannot be asked. */
export type Sight = 'same' | 'changed' | 'nothing'

const maxKeys = 10_000
const firstPauseMs = 5
const maxPauseMs = 50
const pauseGrowth = 1.5

/**
 * Who of all processes loads an entry under a vector: one, while the others wait.
 *
 * Waiting is a question now and then, together for all readers of this process; at once when the store is told that a claim has ended. It ends when there is something to serve, when there is
 * another vector to load under, when nobody loads any more, and after `waitMs`.
 */
export class FillTurns {
  readonly #parts: FillTurnsParts
  readonly #slow = new LRUCache<string, number>({ max: maxKeys })
  readonly #asked = new Map<string, Promise<Turn | 'look again'>>()

  constructor(parts: FillTurnsParts) {
    this.#parts = parts
  }

  /**
   * Whether the load of a key takes so long that asking other processes first is worth it.
   *
   * @param loadMs what the store knows of it
   */
  pays(key: string, loadMs: number | undefined): boolean {
    return (loadMs ?? this.#slow.get(key) ?? 0) >= this.#parts.fills.fromMs
  }

  /** The load of a key took so long. */
  took(key: string, loadMs: number): void {
    if (loadMs >= this.#parts.fills.fromMs) this.#slow.set(key, loadMs)
    else this.#slow.delete(key)
  }

  /** What a load of the key brought is of no use to others, so nobody should wait for the next. */
  keptNothing(key: string): void {
    this.#slow.delete(key)
  }

  /**
   * @param loadMs what the store knows of how long the load takes
   * @param look what looking again brings
   */
  next(
    { space, key, vector }: Wanted,
    loadMs: number | undefined,
    look: () => Promise<Sight>,
  ): Promise<Turn | 'look again'> {
    const flightKey = space.prefix + key
    const id = `${vector.id}\n${flightKey}`
    const asked = this.#asked.get(id)
    if (asked !== undefined) return asked
    const expectedMs = loadMs ?? this.#slow.get(flightKey) ?? 0
    const { fills, clock } = this.#parts
    const rest = new Rest(clock)
    const stop = fills.watch?.(space, key, vector, rest.end)
    const turn = this.#wait(() => fills.claim(space, key, vector), look, rest, expectedMs).finally(() => {
      this.#asked.delete(id)
      stop?.()
    })
    this.#asked.set(id, turn)
    return turn
  }

  /** Asks once, and waits for nobody; `undefined` if another process loads it. */
  async claim(space: Space, key: string, vector: Vector): Promise<Claim | undefined> {
    const { fills, guard } = this.#parts
    return await guard.run(
      'claim',
      () => fills.claim(space, key, vector),
      () => unclaimed,
    )
  }

  async #wait(
    ask: () => MaybePromise<Claim | undefined>,
    look: () => Promise<Sight>,
    rest: Rest,
    expectedMs: number,
  ): Promise<Turn | 'look again'> {
    const { clock, guard, fills, closing } = this.#parts
    const startedAt = clock.now()
    const until = startedAt + fills.waitMs
    const pauses = new Pauses(startedAt + expectedMs)
    for (;;) {
      // The claim goes first: whoever had it before has stored by then, and the look sees it.
      const [claim, sight] = await Promise.all([guard.run('claim', ask, () => unclaimed), look()])
      if (sight === 'changed') {
        if (claim !== undefined) void guard.run('release', () => claim.release(), nothing)
        return 'look again'
      }
      if (claim !== undefined || sight === 'nothing') return new Turn(claim)
      const now = clock.now()
      const leftMs = until - now
      if (leftMs <= 0 || closing.aborted) return new Turn(undefined)
      await rest.take(Math.min(pauses.next(now), leftMs))
    }
  }
}

/** The pauses between questions, each of which may be ended before its time; also before it has begun. */
class Rest {
  readonly #clock: Clock
  #hasEnded = false
  #wake: (() => void) | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  readonly end = (): void => {
    this.#hasEnded = true
    this.#wake?.()
  }

  async take(ms: number): Promise<void> {
    let cancel: (() => void) | undefined
    if (!this.#hasEnded)
      await new Promise<void>((resolve) => {
        this.#wake = resolve
        cancel = this.#clock.setTimer(resolve, ms)
      })
    cancel?.()
    this.#wake = undefined
    this.#hasEnded = false
  }
}

/**
 * How long to wait before asking again: ever longer, and shortly again from when the load is likely to end, as the last one took. Else whoever
 * waits for a load of 200 ms learns of its end half a pause late, which is an eighth of it.
 */
class Pauses {
  readonly #expectedAt: number
  #nextMs = firstPauseMs
  #isOverdue = false

  constructor(expectedAt: number) {
    this.#expectedAt = expectedAt
  }

  next(now: number): number {
    const expectedMs = this.#expectedAt - now
    const pauseMs = this.#nextMs
    if (this.#isOverdue || expectedMs > pauseMs) {
      this.#nextMs = Math.min(pauseMs * pauseGrowth, maxPauseMs)
      return pauseMs
    }
    this.#isOverdue = true
    this.#nextMs = firstPauseMs
    return Math.max(expectedMs, firstPauseMs)
  }
}

const nothing = (): void => undefined

/** Nobody could be asked, so everybody loads. */
const unclaimed: Claim = { release: nothing }
