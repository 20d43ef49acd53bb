import { shared } from './answer.js'
import { toldBefore } from './dependencies.js'
import type { FillTurns, Sight } from './fill-turns.js'
import type { Flights } from './flight.js'
import type { Loads } from './load.js'
import type { LookUps } from './look-up.js'
import type { ReadRequest } from './read-request.js'
import { tell } from './read-request.js'
import type { Counters } from './stats.js'
import type { Vector } from './store.js'

export interface LoadsInTurnParts {
  readonly turns: FillTurns
  readonly flights: Flights
  readonly lookUps: LookUps
  readonly loads: Loads
  readonly counters: Counters
}

/** What misses in one tick. */
interface Batch {
  /** Whether one of them should ask other processes first. */
  pays: boolean
  readonly isComplete: Promise<void>
}

/** The way of a read that found nothing, where another process may be loading it. */
export class LoadsInTurn {
  readonly #parts: LoadsInTurnParts
  #batch: Batch | undefined

  constructor(parts: LoadsInTurnParts) {
    this.#parts = parts
  }

  /** @param loadMs what the store knows of it */
  pays(flightKey: string, loadMs: number | undefined): boolean {
    return this.#parts.turns.pays(flightKey, loadMs)
  }

  /**
   * Loads what is batched: if any of those that miss in one tick should ask other processes first, all of them do, or those who
   * need not would be gone before.
   */
  async loadBatched(
    request: ReadRequest,
    vector: Vector,
    reason: string,
    loadMs: number | undefined,
  ): Promise<unknown> {
    const batch = (this.#batch ??= this.#openBatch())
    if (this.pays(request.space.prefix + request.key, loadMs)) batch.pays = true
    await batch.isComplete
    if (batch.pays) return this.load(request, vector, reason, loadMs)
    return this.#parts.loads.loadOrJoin(request, request.dependencies, vector, reason)
  }

  #openBatch(): Batch {
    const isComplete = new Promise<void>((resolve) => {
      process.nextTick(() => {
        this.#batch = undefined
        resolve()
      })
    })
    return { pays: false, isComplete }
  }

  /** As `loadOrJoin`, unless another process does it. */
  async load(
    request: ReadRequest,
    vector: Vector,
    reason: string,
    loadMs: number | undefined,
    roundsLeft = maxRounds,
  ): Promise<unknown> {
    const flightKey = request.space.prefix + request.key
    if (this.#parts.flights.find(flightKey, vector) !== undefined)
      return this.#parts.loads.loadOrJoin(request, request.dependencies, vector, reason)
    const { space, key } = request
    const turn = await this.#parts.turns.next({ space, key, vector }, loadMs, () =>
      this.#look(request, vector),
    )
    if (turn === 'look again') return this.#lookAgain(request, reason, roundsLeft)
    return this.#parts.loads.loadOrJoin(request, request.dependencies, vector, reason, false, turn)
  }

  async #look(request: ReadRequest, vector: Vector): Promise<Sight> {
    const lookup = await this.#parts.lookUps.again(request)
    if (lookup.status === 'absent' && lookup.reason === 'unavailable') return 'nothing'
    return this.#parts.lookUps.live(lookup) !== undefined || lookup.vector.id !== vector.id
      ? 'changed'
      : 'same'
  }

  /** Each reader by itself: what it is served must be fresh as of now, whoever loaded it. */
  async #lookAgain(request: ReadRequest, reason: string, roundsLeft: number): Promise<unknown> {
    const { late } = request.dependencies
    const lookup = await this.#parts.lookUps.again(request)
    const entry = this.#parts.lookUps.live(lookup)
    if (entry !== undefined) {
      this.#parts.counters.awaited += request.crowd?.readers ?? 1
      tell(request, 'joined', reason)
      return shared(request, entry.copy)
    }
    const holdsAll = late === undefined || (lookup.status === 'absent' && lookup.holdsClocks === true)
    const vector = holdsAll
      ? lookup.vector
      : await this.#parts.lookUps.snapshot(request.space, toldBefore(request.dependencies))
    if (!vector.usable) {
      tell(request, 'miss', reason)
      return this.#parts.loads.loadAlone(request)
    }
    if (roundsLeft > 1) return this.load(request, vector, reason, lookup.loadMs, roundsLeft - 1)
    return this.#parts.loads.loadOrJoin(request, request.dependencies, vector, reason)
  }
}

// A reader that has waited twice for what did not come loads itself.
const maxRounds = 2
