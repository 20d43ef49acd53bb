import type { StoreFactory } from '@freshet/core'
import { memoryStore } from '@freshet/core'

/** Is told which tags have changed, and nothing of the rows, as a store elsewhere is. */
export const untoldStore: StoreFactory = (context) => {
  const store = memoryStore()(context)
  const bump = store.bump.bind(store)
  store.bump = (space, tags) => bump(space, tags)
  return store
}
