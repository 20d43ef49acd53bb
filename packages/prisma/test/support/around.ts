import type {
  SqlDriverAdapterFactory,
  SqlQuery,
  SqlQueryable,
  Transaction,
} from '@prisma/driver-adapter-utils'

/** Stands around one call of the driver; `text` is its SQL, or `commit()` and `rollback()`. */
export type Around = <T>(text: string, send: () => Promise<T>) => Promise<T>

type Ends = Pick<Transaction, 'commit' | 'rollback'>

/** A factory with `around` about every call that reaches its driver: below the tap, whenever that is placed. */
export function standAround(factory: SqlDriverAdapterFactory, around: Around): SqlDriverAdapterFactory {
  const queries = (inner: SqlQueryable): Partial<SqlQueryable> => ({
    queryRaw: (query: SqlQuery) => around(query.sql, () => inner.queryRaw(query)),
    executeRaw: (query: SqlQuery) => around(query.sql, () => inner.executeRaw(query)),
  })
  const ends = (inner: Ends): Ends => ({
    commit: () => around('commit()', () => inner.commit()),
    rollback: () => around('rollback()', () => inner.rollback()),
  })
  return overlay(factory, {
    connect: async () => {
      const connection = await factory.connect()
      return overlay(connection, {
        ...queries(connection),
        startTransaction: async (level) => {
          const transaction = await connection.startTransaction(level)
          return overlay(transaction, { ...queries(transaction), ...ends(transaction) })
        },
      })
    },
  })
}

function overlay<T extends object>(target: T, over: Partial<T>): T {
  const layer: Partial<T> = over
  return new Proxy(target, {
    get(inner, key) {
      if (Object.hasOwn(layer, key)) return Reflect.get(layer, key)
      const value: unknown = Reflect.get(inner, key)
      return typeof value === 'function' ? (value.bind(inner) as unknown) : value
    },
    // What is set on it, as the tap does with `connect`, must be found again.
    set: (_, key, value) => Reflect.set(layer, key, value),
    defineProperty: (_, key, descriptor) => Reflect.defineProperty(layer, key, descriptor),
  })
}

/** A call of the driver that a test keeps waiting. */
export interface Pause {
  /** Settles when the call has come. */
  readonly reached: Promise<void>
  /** Lets it go on. */
  release(): void
}

type Waiting = Map<(text: string) => boolean, { reach: () => void; released: Promise<void> }>

/** Keeps calls of a driver waiting until a test says so. */
export class Pauses {
  readonly #unsent: Waiting = new Map()
  readonly #unheard: Waiting = new Map()
  /** Everything that reached the driver, in order. */
  readonly sent: string[] = []

  /** Keeps the first call whose text `matches` from reaching the driver. */
  before(matches: (text: string) => boolean): Pause {
    return this.#pause(this.#unsent, matches)
  }

  /** Keeps what the driver answers to the first call whose text `matches` from being heard. */
  after(matches: (text: string) => boolean): Pause {
    return this.#pause(this.#unheard, matches)
  }

  #pause(waiting: Waiting, matches: (text: string) => boolean): Pause {
    let reach!: () => void
    let release!: () => void
    const reached = new Promise<void>((resolve) => (reach = resolve))
    const released = new Promise<void>((resolve) => (release = resolve))
    waiting.set(matches, { reach, released })
    return { reached, release }
  }

  readonly around: Around = async (text, send) => {
    await this.#wait(this.#unsent, text)
    this.sent.push(text)
    const answer = await send()
    await this.#wait(this.#unheard, text)
    return answer
  }

  async #wait(waiting: Waiting, text: string): Promise<void> {
    for (const [matches, { reach, released }] of waiting) {
      if (!matches(text)) continue
      waiting.delete(matches)
      reach()
      await released
      return
    }
  }
}
