import type { AsyncLocalStorage } from 'node:async_hooks'
import type { Clock } from './clock.js'
import type { Flight } from './flight.js'
import type { LoadContext } from './load-context.js'
import type { ReadRequest } from './read-request.js'

/** What is called, and whether it may call the cache. */
export type Loading = Pick<ReadRequest, 'load' | 'isOwnLoader'>

const watchMs = 600_000

/**
 * Which loads wait for one another, so that none waits for itself: a loader may call the cache, also for the key that it loads.
 *
 * Whatever a loader asks for before it first awaits something is known for nothing. What it asks for later could only be known by
 * an async context, which costs every promise of the process (Node 20); so there is one only for a while after a reader has
 * waited for a load in vain.
 */
export class Nesting {
  readonly #clock: Clock
  /** Whose loader is running, until it returns. */
  #running: Flight | undefined
  #context: AsyncLocalStorage<Flight> | undefined
  #watchUntil = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** The load that asks for what is asked for now, as far as is known. */
  get within(): Flight | undefined {
    return this.#running ?? this.#context?.getStore()
  }

  /** Calls the loader of a load. Not with a closure: a miss need not pay for one. */
  run(flight: Flight, request: Loading, context: LoadContext): unknown {
    if (request.isOwnLoader !== true) return request.load(context)
    const outer = this.#running
    this.#running = flight
    try {
      return this.#context === undefined
        ? request.load(context)
        : this.#inContext(this.#context, flight, () => request.load(context))
    } finally {
      this.#running = outer
    }
  }

  /** A reader has waited in vain: perhaps for itself. */
  watch(): void {
    this.#watchUntil = this.#clock.now() + watchMs
    // Not imported: most processes never need it.
    this.#context ??= new (process.getBuiltinModule('node:async_hooks').AsyncLocalStorage)()
  }

  #inContext<T>(context: AsyncLocalStorage<Flight>, flight: Flight, load: () => T): T {
    if (this.#clock.now() <= this.#watchUntil) return context.run(flight, load)
    context.disable()
    this.#context = undefined
    return load()
  }

  /** Whether `from`, by what it waits for, waits for `to`; then `to` must not wait for it. */
  waitsFor(from: Flight, to: Flight): boolean {
    if (from === to) return true
    for (const next of from.waitsFor ?? []) if (this.waitsFor(next, to)) return true
    return false
  }
}
