import type { Cache, StoreFactory } from '@freshet/core'
import { createCache, memoryStore } from '@freshet/core'

/** Larger and longer than whatever a run reads, as the oracle is: what is measured is invalidation, neither eviction nor expiry. */
export const room = { maxEntries: 400_000, maxBytes: 4 * 2 ** 30 }
const lasting = { ttl: '1d', negativeTtl: '1d' } as const

/** A cache that can be asked how the last read went, and what stopped an entry. */
export interface WatchedCache {
  readonly cache: Cache
  /** Whether a read was answered from the cache since this was called last. */
  wasHit(): boolean
  /** Names the next write, for `causeOf`. */
  writing(name: string): void
  /**
   * Why the last read missed although its entry had been stored: the shape of the tag that was invalidated, and by which
   * write; or that nothing had been kept.
   */
  lostBy(): string
}

interface Written {
  readonly at: number
  readonly by: string
}

/** In memory, or with `store` in front of it. */
export function createWatchedCache(
  store: StoreFactory = memoryStore(room),
  near?: typeof room,
): WatchedCache {
  const kept = new Map<string, { readonly tags: readonly string[]; at: number }>()
  const written = new Map<string, Written>()
  let at = 0
  let isHit = false
  let writer = ''
  let cause = ''
  const watched: StoreFactory = (context) => {
    const inner = store(context)
    const put = inner.put.bind(inner)
    inner.put = (space, key, record, vector) => {
      kept.set(key, { tags: record.tags, at })
      return put(space, key, record, vector)
    }
    return inner
  }
  const cache = createCache({ store: watched, ...lasting, ...(near === undefined ? {} : { near }) })
  cache.on('hit', ({ key }) => {
    isHit = true
    // It has outlived whatever was written until now.
    const entry = kept.get(key)
    if (entry !== undefined) entry.at = at
  })
  cache.on('miss', ({ key, reason }) => {
    const entry = kept.get(key)
    cause = entry === undefined ? reason : (firstWritten(entry, written) ?? `nothing kept (${reason})`)
  })
  cache.on('bypass', ({ reason }) => void (cause = `bypass: ${reason}`))
  cache.on('invalidate', ({ tags }) => {
    at++
    for (const tag of tags) written.set(tag, { at, by: writer })
  })
  return {
    cache,
    wasHit() {
      const was = isHit
      isHit = false
      return was
    },
    writing: (name) => void (writer = name),
    lostBy: () => cause,
  }
}

/** Of the tags that were written since the entry was stored. */
function firstWritten(
  entry: { readonly tags: readonly string[]; readonly at: number },
  written: ReadonlyMap<string, Written>,
): string | undefined {
  const found = entry.tags
    .map((tag) => ({ tag, write: written.get(tag) }))
    .filter(({ write }) => write !== undefined && write.at > entry.at)
    .toSorted((a, b) => a.write!.at - b.write!.at)[0]
  return found === undefined ? undefined : `${shapeOf(found.tag)} by ${found.write!.by}`
}

/** `post#17` is `post#…`, `post[authorId=5]` is `post[authorId=…]`. */
const shapeOf = (tag: string): string => tag.replace(/(##?)\d+$/, '$1…').replace(/=[^\]*]+\]/, '=…]')
