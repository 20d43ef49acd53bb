import type { Lookup, Store, StoreFactory } from '../../src/store.js'
import { asyncStore, type Delivery } from './async-store.js'

export interface CrowdedStore {
  readonly store: StoreFactory
  /** How often it was asked, however many waited for the answer. */
  lookups(): number
}

const atOnce: Delivery = () => Promise.resolve()

/** A store behind a wire that looks up once for all who ask for a key with the same tags before the request has arrived. */
export function crowdedStore(deliver: Delivery = atOnce): CrowdedStore {
  const asked = new Map<string, Promise<Lookup>>()
  const inner = asyncStore({}, async (operation, way) => {
    await deliver(operation, way)
    if (operation === 'lookup' && way === 'go') asked.clear()
  })
  let count = 0
  const store: StoreFactory = (context) => {
    const made = inner(context)
    const lookup: Store['lookup'] = (space, key, dependencies) => {
      const words = JSON.stringify([space.prefix, key, dependencies.tags])
      const there = asked.get(words)
      if (there !== undefined) return there
      count++
      const found = Promise.resolve(made.lookup(space, key, dependencies))
      asked.set(words, found)
      return found
    }
    return Object.assign(Object.create(made) as Store, methodsOf(made), { lookup })
  }
  return { store, lookups: () => count }
}

/** Private fields are found on the store itself alone. */
function methodsOf(store: Store): Partial<Store> {
  const names = Object.getOwnPropertyNames(Object.getPrototypeOf(store))
  const methods = store as unknown as Record<string, (...args: unknown[]) => unknown>
  const own = names.filter((name) => name !== 'constructor' && typeof methods[name] === 'function')
  return Object.fromEntries(own.map((name) => [name, methods[name]!.bind(store)]))
}
