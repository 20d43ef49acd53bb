import { AsyncLocalStorage } from 'node:async_hooks'

interface Call {
  queries: number
  hits: number
}

/** What happened on behalf of one call. */
export interface Traced<T> {
  readonly answer: T
  /** Statements that were sent to the database. */
  readonly queries: number
  /** Answers that the cache gave. */
  readonly hits: number
}

/** Many calls are under way at once; their asynchronous context tells to which of them a statement or a hit belongs. */
export class Calls {
  readonly #current = new AsyncLocalStorage<Call>()

  /** To be called for every statement. */
  readonly onQuery = (): void => {
    const call = this.#current.getStore()
    if (call) call.queries += 1
  }

  /** To be called for every answer that the cache gives. */
  readonly onHit = (): void => {
    const call = this.#current.getStore()
    if (call) call.hits += 1
  }

  trace<T>(send: () => PromiseLike<T>): Promise<Traced<T>> {
    const call: Call = { queries: 0, hits: 0 }
    return this.#current.run(call, async () => ({ answer: await send(), ...call }))
  }
}
