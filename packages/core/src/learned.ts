import { LRUCache } from 'lru-cache'

const maxKeys = 10_000

/**
 * Tags that loaders have named for a key. Forgetting one only costs a value that is returned without
 * being stored.
 */
export class Learned {
  // Made at the first use: most caches never see a loader that names tags.
  #byKey: LRUCache<string, readonly string[]> | undefined

  get(key: string): readonly string[] | undefined {
    return this.#byKey?.get(key)
  }

  set(key: string, tags: readonly string[]): void {
    this.#byKey ??= new LRUCache({ max: maxKeys })
    this.#byKey.set(key, tags)
  }
}
