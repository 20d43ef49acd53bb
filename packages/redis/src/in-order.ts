/**
 * Lets the changes of one key arrive in the order in which they were made. On one connection they would; in a cluster one
 * may have to follow its slot to another node, and the next would be there before it.
 */
export class InOrder {
  readonly #last = new Map<string, Promise<unknown>>()

  async run<T>(key: string, change: () => Promise<T>): Promise<T> {
    const before = this.#last.get(key)
    const done = before === undefined ? change() : before.then(change, change)
    this.#last.set(key, done)
    try {
      return await done
    } finally {
      if (this.#last.get(key) === done) this.#last.delete(key)
    }
  }
}
