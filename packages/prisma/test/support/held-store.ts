import { memoryStore } from '@freshet/core'
import type { StoreFactory } from '@freshet/core'

type Action = 'lookup' | 'openIntent' | 'closeIntent' | 'bump' | 'hold'

/** A memory store that answers when a test says so, as one that is far away does. */
export class HeldStore {
  readonly #held = new Map<Action, { readonly reach: () => void; readonly released: Promise<void> }>()

  readonly factory: StoreFactory = (context) => {
    const inner = memoryStore()(context)
    return new Proxy(inner, {
      get: (store, key) => {
        if (key === 'isLocal') return false
        const value: unknown = Reflect.get(store, key)
        if (typeof value !== 'function') return value
        const call = value.bind(store) as (...given: unknown[]) => unknown
        const held = this.#held.get(key as Action)
        if (held === undefined) return call
        return async (...given: unknown[]) => {
          this.#held.delete(key as Action)
          held.reach()
          await held.released
          return call(...given)
        }
      },
    })
  }

  /** Holds the next call of `action` back before it is done. */
  before(action: Action) {
    let reach!: () => void
    let release!: () => void
    const reached = new Promise<void>((resolve) => (reach = resolve))
    const released = new Promise<void>((resolve) => (release = resolve))
    this.#held.set(action, { reach, released })
    return { reached, release }
  }
}
