import type { StoreFactory } from '@freshet/core'
import type { StoreContext } from '@freshet/core/store'
import type { StoreUnderTest } from '@freshet/testing'
import { silenceMs } from './near-copies.js'
import { leaseMs, type ReferenceStore } from './reference-store.js'
import { Server } from './server.js'

export type ReferenceStoreClass = new (server: Server, context: StoreContext) => ReferenceStore

/** A class of stores as the suite takes it, on servers that have nothing in common. */
export function underTest(
  Class: ReferenceStoreClass,
  consistency: 'strong' | 'bounded' | 'eventual',
  createServer: () => Server = () => new Server(),
): StoreUnderTest {
  let server = createServer()
  let stores: ReferenceStore[] = []
  const create = (): StoreFactory => {
    const own = (server = createServer())
    stores = []
    return (context) => {
      const store = new Class(own, context)
      stores.push(store)
      return store
    }
  }
  return {
    create,
    cacheOptions: { consistency: consistency === 'bounded' ? { maxStaleness: '5s' } : consistency },
    isShared: true,
    leaseMs,
    silenceMs,
    forget: async () => server.tags.clear(),
    holdAnswers: () => stores[0]!.network.holdAnswers(),
  }
}
