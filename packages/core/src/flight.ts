import type { PreparedCopy } from './clone.js'
import type { Clock } from './clock.js'

/** What a finished load leaves for those who joined it. */
export interface Landed {
  readonly value: unknown
  /** Taken before the value was handed out, so that nobody's change to it is seen. `undefined`: it cannot be copied. */
  readonly copy: PreparedCopy | undefined
}

/** A load under way. */
export class Flight {
  readonly key: string
  joiners = 0
  /** Set when the key was deleted or set while the load ran: its value is for those who wait, not for the store. */
  superseded = false
  landed!: Promise<Landed>

  constructor(key: string) {
    this.key = key
  }
}

/**
 * The loads under way, by key and vector.
 *
 * The vector is what makes joining safe: a reader that starts after an acknowledged write sees another
 * vector than a load from before it, so it cannot be given that load's rows.
 */
export class Flights {
  readonly #byId = new Map<string, Flight>()
  readonly #clock: Clock
  readonly #joinTimeoutMs: number

  constructor(clock: Clock, joinTimeoutMs: number) {
    this.#clock = clock
    this.#joinTimeoutMs = joinTimeoutMs
  }

  get size(): number {
    return this.#byId.size
  }

  /** The load to join, if one is under way under the same vector. */
  find(key: string, vectorId: string): Flight | undefined {
    return this.#byId.get(flightId(key, vectorId))
  }

  /** Registers a load; it leaves by itself when it has landed. */
  start(key: string, vectorId: string, load: (flight: Flight) => Promise<Landed>): Flight {
    const id = flightId(key, vectorId)
    const flight = new Flight(key)
    this.#byId.set(id, flight)
    flight.landed = load(flight).finally(() => this.#remove(id, flight))
    return flight
  }

  /**
   * Waits for a load that somebody else started, but not for ever: a loader that never settles must
   * hang its own caller only. `undefined` after the limit; nobody joins that load from then on.
   */
  async join(flight: Flight, vectorId: string): Promise<Landed | undefined> {
    flight.joiners++
    let cancel!: () => void
    const tooLong = new Promise<undefined>((resolve) => {
      cancel = this.#clock.setTimer(() => {
        this.#remove(flightId(flight.key, vectorId), flight)
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
    for (const [id, flight] of this.#byId) {
      if (flight.key !== key) continue
      flight.superseded = true
      this.#byId.delete(id)
    }
  }

  #remove(id: string, flight: Flight): void {
    if (this.#byId.get(id) === flight) this.#byId.delete(id)
  }
}

// The length keeps vector and key apart whatever they contain.
const flightId = (key: string, vectorId: string): string => `${vectorId.length}:${vectorId}${key}`
