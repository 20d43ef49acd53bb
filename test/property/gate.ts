export type Point = 'before' | 'after'

/** A statement that is being kept from the database (`before`) or whose answer is being kept back (`after`). */
export interface Held {
  /** Settles with `true` when the statement has reached the point, with `false` when it never came. */
  readonly reached: Promise<boolean>
  /** Lets the statement go on; harmless when it never came. */
  release(): void
}

/**
 * Stands between an ORM and the real driver: counts the statements that reach the database, and can hold one
 * of them, so that an interleaving is chosen and not hoped for.
 */
export class Gate {
  /** Statements seen since the start. */
  statements = 0
  /** Of these, how many have been answered. */
  passed = 0
  /** The texts of the others. */
  readonly underWay = new Set<{ readonly sql: string }>()
  #hold: Hold | undefined
  #recorded: string[] | undefined

  /** Holds the first statement from now on that `matches`. */
  hold(point: Point, matches: (sql: string) => boolean): Held {
    const hold = new Hold(point, matches)
    this.#hold = hold
    return {
      reached: hold.reached,
      release: () => {
        if (this.#hold === hold) this.#hold = undefined
        hold.release()
      },
    }
  }

  /** Notes the statements that pass from now on, until what is returned is called. */
  record(): () => readonly string[] {
    const recorded: string[] = []
    this.#recorded = recorded
    return () => {
      this.#recorded = undefined
      return recorded
    }
  }

  async pass<T>(sql: string, run: () => Promise<T>): Promise<T> {
    this.statements++
    this.#recorded?.push(sql)
    const statement = { sql }
    this.underWay.add(statement)
    try {
      return await this.#held(sql, run)
    } finally {
      this.underWay.delete(statement)
      this.passed++
    }
  }

  async #held<T>(sql: string, run: () => Promise<T>): Promise<T> {
    const hold = this.#hold?.matches(sql) ? this.#hold : undefined
    if (!hold) return run()
    this.#hold = undefined
    if (hold.point === 'before') await hold.wait()
    const result = await run().catch(async (error: unknown) => {
      if (hold.point === 'after') await hold.wait()
      throw error
    })
    if (hold.point === 'after') await hold.wait()
    return result
  }
}

class Hold {
  readonly point: Point
  readonly matches: (sql: string) => boolean
  readonly reached: Promise<boolean>
  readonly #released: Promise<void>
  #reach!: (came: boolean) => void
  #release!: () => void

  constructor(point: Point, matches: (sql: string) => boolean) {
    this.point = point
    this.matches = matches
    this.reached = new Promise((resolve) => (this.#reach = resolve))
    this.#released = new Promise((resolve) => (this.#release = resolve))
  }

  wait(): Promise<void> {
    this.#reach(true)
    return this.#released
  }

  release(): void {
    this.#reach(false)
    this.#release()
  }
}
