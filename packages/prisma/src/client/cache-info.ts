import { AsyncLocalStorage } from 'node:async_hooks'
import type { ReadInfo } from '@freshet/core'

export interface CacheInfoResult<T> {
  readonly data: T
  readonly info: ReadInfo
}

/*
 * Between the promise that a user holds and the hook that answers it, Prisma hands nothing
 * through but the async context. Switched off again when nobody asks, since on Node 20 it slows every
 * promise of the process.
 */
const asking = new AsyncLocalStorage<ReadInfo>()
let active = 0

/** Awaits a Prisma promise and tells how its answer came about. */
export async function cacheInfo<T>(promise: PromiseLike<T>): Promise<CacheInfoResult<T>> {
  const info: ReadInfo = { status: 'bypass', reason: 'not a cached read' }
  active++
  try {
    const data = await asking.run(info, async () => await promise)
    return { data, info }
  } finally {
    if (--active === 0) asking.disable()
  }
}

/** Where to say how the answer that is being made came about; `undefined` if nobody asked. */
export function askedInfo(): ReadInfo | undefined {
  const info = active === 0 ? undefined : asking.getStore()
  // It is one: whoever answers says the rest.
  if (info !== undefined) delete info.reason
  return info
}
