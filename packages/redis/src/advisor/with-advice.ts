import type { Store } from '@freshet/core/store'
import { Advisor, type AdvisorParts } from './advisor.js'
import type { ResolvedAdviceOptions } from './options.js'
import { tagTtl } from './tag-ttl.js'

export interface WithAdvice extends Omit<AdvisorParts, 'advice'> {
  readonly tagTtlMs: number
  /** `undefined`: none is wanted. */
  readonly advice: ResolvedAdviceOptions | undefined
}

/** `store`, with an advisor that ends with it. */
export function withAdvice(store: Store, { advice, tagTtlMs, ...parts }: WithAdvice): Store {
  if (advice === undefined) return store
  const { context } = parts
  const advisor = new Advisor({ ...parts, advice })
  const [put, close] = [store.put.bind(store), store.close.bind(store)]
  store.put = (space, key, record, vector) => {
    const found = tagTtl(record.expiresAt - context.now(), tagTtlMs)
    if (found !== undefined) context.warn(found.code, found.message)
    return put(space, key, record, vector)
  }
  store.close = () => {
    advisor.stop()
    return close()
  }
  advisor.start()
  return store
}
