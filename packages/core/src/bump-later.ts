import type { Space } from './space.js'

// Who writes and awaits nothing but promises never lets the event loop turn.
const maxWaiting = 64

/** Tags that have got new generations. */
interface Bump {
  readonly space: Space
  readonly tags: readonly string[]
  readonly at: number
}

/**
 * Bumps that are made when somebody looks at tags, or else at the next turn of the event loop: when a write is answered, all that
 * tags are kept in has left the processor's caches, and its caller would wait for what nobody can see.
 *
 * Whoever looks at tags makes what waits first.
 */
export class BumpLater {
  readonly #bump: (bump: Bump) => void
  #waiting: Bump[] = []

  constructor(bump: (bump: Bump) => void) {
    this.#bump = bump
  }

  get isEmpty(): boolean {
    return this.#waiting.length === 0
  }

  add(bump: Bump): void {
    const count = this.#waiting.push(bump)
    if (count === 1) setImmediate(this.#turn)
    else if (count >= maxWaiting) this.flush()
  }

  /** In the order in which they came. */
  flush(): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const bump of waiting) this.#bump(bump)
  }

  readonly #turn = (): void => {
    if (!this.isEmpty) this.flush()
  }
}
