import type { Store } from '@freshet/core/store'
import { createNear, type Near, type NearOptions } from '../near/with-near.js'
import type { PayloadFormat } from '../payload.js'
import { type PutEntry, putEntryOver } from '../put-entry.js'
import { Replica } from './replica.js'
import { ReplicaCopies } from './replica-copies.js'
import { ReplicatedStore } from './replicated-store.js'

export interface WithReplicaOptions extends Omit<NearOptions, 'share'> {
  readonly format: PayloadFormat
  /** Makes the shared store, which stores entries as it is told. */
  readonly shareOver: (putEntry: PutEntry) => NearOptions['share']
}

/**
 * A shared store all entries of a namespace of which live in this process as well, as fresh as the cache asks.
 *
 * @throws FreshetError UNSUPPORTED_CONSISTENCY if the client cannot make connections for what is pushed
 */
export function withReplica({ format, shareOver, ...options }: WithReplicaOptions): Store {
  const { client, context, bounds, link, keys } = options
  let replica: Replica | undefined
  const join = (root: string) =>
    (replica = new Replica({ client, context, link, keys, format, near, copies, ...bounds, root }))
  const copies: ReplicaCopies = new ReplicaCopies({
    context,
    isCurrent: (copy) => near.generations.agree(copy.keys, copy.vector.stamps),
  })
  const putAlone = putEntryOver(link)
  const share = shareOver(
    async (entry) => await (replica === undefined ? putAlone(entry) : replica.put(entry)),
  )
  const near: Near = createNear(
    { ...options, share },
    {
      copies,
      createStore: (parts) => new ReplicatedStore({ ...parts, join }),
      changed: (changed) => replica?.changed(changed),
      gap: () => replica?.gap(),
    },
  )
  return near.store
}
