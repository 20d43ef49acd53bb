import type { PreparedCopy } from './clone.js'
import type { Clock } from './clock.js'

/** What a finished load leaves for those who joined it. */
export interface Landed {
  readonly value: unknown
  /** Taken before the value was handed out, so that nobody's change to it is seen. `undefined`: it cannot be copied. */
  readonly copy: PreparedCopy | undefined
  /** Tags that the loader named and the vector lacks: who joined under that vector cannot tell whether they changed. */
  readonly lackedTags: readonly string[] | undefined
}

/** A load under way. */
export class Flight {
  readonly key: string
  readonly id: string
  joiners = 0
  /** Set when the key was deleted or set while the load ran: its value is for those who wait, not for the store. */
  superseded = false
  landed!: Promise<Landed>

  constructor(key: string, id: string) {
    this.key = key
    this.id = id
  }
}

// Loads that never end stay here; beyond this many the oldest are given up, which costs their being stored.
const maxFlights = 10_000

/**
 * The loads under way, by key and vector.
 *
 * The vector is what makes joining safe: a reader that starts after an acknowledged write sees another
 * vector than a load from before it, so it cannot be given that load's rows.
 */
export class Flights {
  readonly #joinable = new Map<string, Flight>()
  /** Also those that nobody joins any more: a key that is deleted must reach every load of it. */
  readonly #byKey = new Map<string, Set<Flight>>()
  readonly #clock: Clock
  readonly #joinTimeoutMs: number
  #size = 0

  constructor(clock: Clock, joinTimeoutMs: number) {
    this.#clock = clock
    this.#joinTimeoutMs = joinTimeoutMs
  }

  /** Loads that have not landed. */
  get size(): number {
    return this.#size
  }

  /** The load to join, if one is under way under the same vector. */
  find(key: string, vectorId: string): Flight | undefined {
    return this.#joinable.get(flightId(key, vectorId))
  }

  /** Registers a load; it leaves by itself when it has landed. */
  start(key: string, vectorId: string, load: (flight: Flight) => Promise<Landed>): Flight {
    if (this.#size >= maxFlights) this.#giveUpOldest()
    const flight = new Flight(key, flightId(key, vectorId))
    this.#joinable.set(flight.id, flight)
    this.#enter(flight)
    flight.landed = load(flight).finally(() => this.#leave(flight))
    return flight
  }

  /**
   * Waits for a load that somebody else started, but not for ever: a loader that never settles must
   * hang its own caller only. `undefined` after the limit; nobody joins that load from then on.
   */
  async join(flight: Flight): Promise<Landed | undefined> {
    flight.joiners++
    let cancel!: () => void
    const tooLong = new Promise<undefined>((resolve) => {
      cancel = this.#clock.setTimer(() => {
        this.#closeToJoiners(flight)
        resolve(undefined)
      }, this.#joinTimeoutMs)
    })
    try {
      return await Promise.race([flight.landed, tooLong])
    } finally {
      cancel()
    }
  }

  /** The key got a value, or lost it, by hand: loads that began before must neither store nor be joined. */
  supersede(key: string): void {
    for (const flight of this.#byKey.get(key) ?? []) {
      flight.superseded = true
      this.#closeToJoiners(flight)
    }
  }

  #enter(flight: Flight): void {
    const ofKey = this.#byKey.get(flight.key)
    if (ofKey === undefined) this.#byKey.set(flight.key, new Set([flight]))
    else ofKey.add(flight)
    this.#size++
  }

  #leave(flight: Flight): void {
    this.#closeToJoiners(flight)
    const ofKey = this.#byKey.get(flight.key)
    if (ofKey?.delete(flight) !== true) return
    this.#size--
    if (ofKey.size === 0) this.#byKey.delete(flight.key)
  }

  #closeToJoiners(flight: Flight): void {
    if (this.#joinable.get(flight.id) === flight) this.#joinable.delete(flight.id)
  }

  #giveUpOldest(): void {
    const [oldest] = this.#byKey.values()
    for (const flight of oldest ?? []) {
      flight.superseded = true
      this.#leave(flight)
    }
  }
}

// The length keeps vector and key apart whatever they contain.
const flightId = (key: string, vectorId: string): string => `${vectorId.length}:${vectorId}${key}`
