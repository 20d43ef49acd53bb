import type { Clock } from './clock.js'
import { Deadlines } from './deadlines.js'
import type { Dependencies } from './dependencies.js'
import { toldBefore } from './dependencies.js'
import type { PreparedCopy } from './clone.js'
import type { MaybePromise } from './maybe-promise.js'
import { isPromise } from './maybe-promise.js'
import { OfOneTick } from './of-one-tick.js'
import type { Claim, Vector } from './store.js'

/** What a finished load leaves for those who joined it. */
export interface Landed {
  readonly value: unknown
  /** Taken before the value was handed out, so that nobody's change to it is seen. `undefined`: it cannot be copied. */
  readonly copy: PreparedCopy | undefined
  /** Tags that the loader named and the vector lacks: who joined under that vector cannot tell whether they changed. */
  readonly lackedTags: readonly string[] | undefined
}

/** A load under way. Most loads are joined by nobody, so what a joiner needs is made when the first one comes. */
export class Flight {
  readonly key: string
  /** Of what `vector` holds the generations. */
  readonly dependencies: Dependencies
  readonly vector: Vector
  joiners = 0
  isJoinable = true
  /** Set when the key was deleted or set while the load ran: its value is for those who wait, not for the store. */
  superseded = false
  /** Its value is being stored, and may still be superseded. */
  keeping: MaybePromise<void> = undefined
  /** Done when its value has been stored, or will not be. */
  stored: MaybePromise<void> = undefined
  /** Other processes wait for it. */
  claim: Claim | undefined
  /** Loads that it, or a reader that it has called, waits for. Most loads call nobody. */
  waitsFor: Set<Flight> | undefined
  /** Another load of the same key, which began before this one under another vector. */
  older: Flight | undefined
  #landing: PromiseWithResolvers<Landed | undefined> | undefined

  constructor(key: string, dependencies: Dependencies, vector: Vector, older: Flight | undefined) {
    this.key = key
    this.dependencies = dependencies
    this.vector = vector
    this.older = older
  }

  get tags(): readonly string[] {
    return toldBefore(this.dependencies)
  }

  /** To be asked for before the load has ended. `undefined`: it was given up. */
  get landed(): Promise<Landed | undefined> {
    this.#landing ??= withResolvers()
    return this.#landing.promise
  }

  land(landed: Landed): void {
    this.#landing?.resolve(landed)
  }

  fail(error: unknown): void {
    this.#landing?.reject(error)
  }

  /** Nobody waits for it any more. What it brings may still be stored. */
  giveUp(): void {
    this.isJoinable = false
    this.#landing?.resolve(undefined)
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
  /** Also those that nobody joins any more: a key that is deleted must reach every load of it. */
  readonly #newest = new Map<string, Flight>()
  readonly #deadlines: Deadlines
  /** Those who join together wait as one. */
  readonly #waits = new OfOneTick<Flight, Promise<Landed | undefined>>()
  readonly #joinTimeoutMs: number
  #size = 0

  constructor(clock: Clock, joinTimeoutMs: number) {
    this.#deadlines = new Deadlines(clock)
    this.#joinTimeoutMs = joinTimeoutMs
  }

  /** Loads that have not ended. */
  get size(): number {
    return this.#size
  }

  /** The load to join, if one is under way under the same vector. */
  find(key: string, vector: Vector): Flight | undefined {
    let flight = this.#newest.get(key)
    // Ids are made when they are asked for, and most keys have no load under way.
    while (flight !== undefined && !(flight.isJoinable && flight.vector.id === vector.id))
      flight = flight.older
    return flight
  }

  /** Registers a load; whoever runs it calls `end`. */
  start(key: string, dependencies: Dependencies, vector: Vector): Flight {
    if (this.#size >= maxFlights) this.#giveUpOldest()
    const flight = new Flight(key, dependencies, vector, this.#newest.get(key))
    this.#newest.set(key, flight)
    this.#size++
    return flight
  }

  /** A load has brought a value: those of its key that began before it bring older ones, which must not take its place. */
  landed(flight: Flight): void {
    for (let older = flight.older; older !== undefined; older = older.older) older.superseded = true
  }

  /** Takes a load out, however it ended. */
  end(flight: Flight): void {
    flight.isJoinable = false
    const { keeping } = flight
    if (!isPromise(keeping)) return this.#takeOut(flight)
    const takeOut = () => this.#takeOut(flight)
    keeping.then(takeOut, takeOut)
  }

  #takeOut(flight: Flight): void {
    const newest = this.#newest.get(flight.key)
    if (newest === flight) {
      if (flight.older === undefined) this.#newest.delete(flight.key)
      else this.#newest.set(flight.key, flight.older)
      this.#size--
      return
    }
    let newer = newest
    while (newer !== undefined && newer.older !== flight) newer = newer.older
    // One that was given up is not there.
    if (newer === undefined) return
    newer.older = flight.older
    this.#size--
  }

  /**
   * Waits for a load that somebody else started, but not for ever: a loader that never settles must
   * hang its own caller only. `undefined` after the limit; nobody joins that load from then on.
   *
   * @param limitMs of the reader's own; others go on joining the load after it
   */
  join(flight: Flight, limitMs = Infinity): Promise<Landed | undefined> {
    flight.joiners++
    if (limitMs < this.#joinTimeoutMs) return this.#wait(flight, limitMs, true)
    return (
      this.#waits.find(flight) ?? this.#waits.keep(flight, this.#wait(flight, this.#joinTimeoutMs, false))
    )
  }

  #wait(flight: Flight, limitMs: number, isOwnLimit: boolean): Promise<Landed | undefined> {
    return new Promise((resolve) => {
      const deadline = this.#deadlines.start(limitMs, () => {
        if (!isOwnLimit) flight.isJoinable = false
        resolve(undefined)
      })
      const { landed } = flight
      const end = () => {
        if (this.#deadlines.end(deadline)) resolve(landed)
      }
      landed.then(end, end)
    })
  }

  /** The key got a value, or lost it, by hand: loads that began before must neither store nor be joined. */
  supersede(key: string): void {
    giveUp(this.#newest.get(key))
  }

  #giveUpOldest(): void {
    const [oldest] = this.#newest.values()
    if (oldest === undefined) return
    this.#newest.delete(oldest.key)
    this.#size -= giveUp(oldest)
  }
}

/** Returns how many loads of the key there were. */
function giveUp(newest: Flight | undefined): number {
  let count = 0
  for (let flight = newest; flight !== undefined; flight = flight.older) {
    flight.superseded = true
    flight.isJoinable = false
    count++
  }
  return count
}

interface PromiseWithResolvers<T> {
  readonly promise: Promise<T>
  readonly resolve: (value: T) => void
  readonly reject: (error: unknown) => void
}

// Node 20 has no Promise.withResolvers.
function withResolvers<T>(): PromiseWithResolvers<T> {
  let resolve!: (value: T) => void
  let reject!: (error: unknown) => void
  const promise = new Promise<T>((onValue, onError) => {
    resolve = onValue
    reject = onError
  })
  return { promise, resolve, reject }
}
