import { Crowds, type Unsent } from './crowd.js'

interface Batch<Answers> {
  readonly keys: Set<string>
  readonly done: Promise<Answers>
  /** Made for the first of them. */
  crowds?: Crowds
}

/**
 * Asks for keys together: all that is asked for until the event loop turns goes out as one request.
 *
 * Nobody is let into a request that has been sent: its answer may be from before a write that the reader knows is done.
 */
export class TickBatch<Answers> implements Unsent {
  readonly #request: (keys: readonly string[]) => Promise<Answers>
  #next: Batch<Answers> | undefined

  /** @param request sends what is asked for, each key once */
  constructor(request: (keys: readonly string[]) => Promise<Answers>) {
    this.#request = request
  }

  /** The answers to the whole request that the keys are part of. */
  ask(keys: readonly string[]): Promise<Answers> {
    const batch = (this.#next ??= this.#open())
    for (const key of keys) batch.keys.add(key)
    return batch.done
  }

  get crowds(): Crowds | undefined {
    return this.#next && (this.#next.crowds ??= new Crowds())
  }

  #open(): Batch<Answers> {
    const keys = new Set<string>()
    const done = new Promise<Answers>((resolve) => {
      endOfTick(() => {
        this.#next = undefined
        resolve(this.#request(Array.from(keys)))
      })
    })
    return { keys, done }
  }
}

/** After the microtasks that are ready, one of which this is nearly always: readers that go on together ask together. */
export function endOfTick(then: () => void): void {
  process.nextTick(then)
}
