import type { Background } from './background.js'
import type { CoolDown } from './cool-down.js'
import { attempt } from './failover/attempt.js'
import { toldBefore } from './dependencies.js'
import type { FillTurns } from './fill-turns.js'
import { Turn } from './fill-turns.js'
import type { Flights } from './flight.js'
import type { Guard } from './guard.js'
import type { Loads } from './load.js'
import type { LookUps } from './look-up.js'
import type { ReadRequest } from './read-request.js'
import type { Counters } from './stats.js'
import { lastValue } from './stale.js'
import type { Lookup, Vector } from './store.js'
import type { Switches } from './switches.js'

export interface RefreshesParts {
  readonly switches: Switches
  readonly background: Background
  readonly coolDown: CoolDown
  readonly flights: Flights
  readonly guard: Guard
  readonly lookUps: LookUps
  readonly loads: Loads
  readonly counters: Counters
  /** `undefined`: nobody shares the store. */
  readonly turns: FillTurns | undefined
}

/** Loads that nobody waits for: of an entry at a time one, and of all processes one where that pays. */
export class Refreshes {
  readonly #parts: RefreshesParts
  readonly #underWay = new Set<string>()

  constructor(parts: RefreshesParts) {
    this.#parts = parts
  }

  /**
   * Loads an entry again, under what the look-up says of its tags now.
   *
   * @param ended called when that is over, however it went, unless another process does it
   * @returns whether somebody loads it
   */
  begin(request: ReadRequest, lookup: Lookup, ended?: () => void): boolean {
    const { switches, background, flights, coolDown, guard } = this.#parts
    // Nobody would find it.
    if (!switches.areAllOn && !switches.stores(request.space, request.dependencies.tags)) return false
    const flightKey = request.space.prefix + request.key
    if (this.#underWay.has(flightKey)) return true
    if (flights.find(flightKey, lookup.vector) !== undefined) return true
    if (!background.hasRoom || coolDown.find(flightKey, lookup.vector) !== undefined) return false
    request.keepArguments?.()
    this.#underWay.add(flightKey)
    const work = async () => {
      const done = await attempt(() =>
        this.#load({ ...request, info: undefined, isInBackground: true }, lookup),
      )
      this.#underWay.delete(flightKey)
      if (!done.ok) guard.failed(`refresh ${request.source ?? request.key}`, done.cause)
      if (!done.ok || done.value !== 'elsewhere') ended?.()
    }
    background.load(work())
    return true
  }

  async #load(request: ReadRequest, lookup: Lookup): Promise<unknown> {
    const { loads, flights, turns, counters } = this.#parts
    const flightKey = request.space.prefix + request.key
    const vector = await this.#vectorOf(request, lookup)
    if (!vector.usable || flights.find(flightKey, vector) !== undefined) return undefined
    const turn =
      turns?.pays(flightKey, lookup.loadMs) === true ? await this.#turn(request, vector, lookup) : noTurn
    if (turn === undefined) return 'elsewhere'
    counters.refreshes++
    const learned = loads.learned(flightKey)
    if (learned !== undefined) return await loads.loadLearned(request, learned, 'refresh', false, turn)
    return await loads.loadOrJoin(request, request.dependencies, vector, 'refresh', false, turn)
  }

  /** A plain one is there at once, so that a load that needs nothing else begins at once. */
  #vectorOf(request: ReadRequest, lookup: Lookup): Vector | Promise<Vector> {
    const { dependencies, space } = request
    const holdsAll =
      dependencies.late === undefined || (lookup.status === 'absent' && lookup.holdsClocks === true)
    return holdsAll ? lookup.vector : this.#parts.lookUps.snapshot(space, toldBefore(dependencies))
  }

  /** `undefined` if another process loads it, or just has. */
  async #turn(request: ReadRequest, vector: Vector, seen: Lookup): Promise<Turn | undefined> {
    const { turns, guard, lookUps } = this.#parts
    const claim = await turns!.claim(request.space, request.key, vector)
    if (claim === undefined) return undefined
    const now = lastValue(await lookUps.again(request))
    const before = lastValue(seen)
    const isLater =
      now !== undefined && before !== undefined && now.expiresAt > before.expiresAt + toleranceMs
    if (!isLater) return new Turn(claim)
    void guard.run('release', () => claim.release(), nothing)
    return undefined
  }
}

// Times on a server's clock come back a little different each time.
const toleranceMs = 100

const noTurn = new Turn(undefined)

const nothing = (): void => undefined
