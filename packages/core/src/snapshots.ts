import { FreshetError } from './errors.js'
import { print } from './options.js'
import type { Space } from './space.js'
import type { Store, Vector } from './store.js'

interface Snapshot {
  readonly store: Store
  readonly prefix: string
  readonly tags: readonly string[]
}

const taken = new WeakMap<Vector, Snapshot>()

/** Remembers what a vector that is handed to a user was taken of, as only its store can read it. */
export function rememberSnapshot(
  vector: Vector,
  store: Store,
  space: Space,
  tags: readonly string[],
): Vector {
  taken.set(vector, { store, prefix: space.prefix, tags })
  return vector
}

/**
 * The tags of a vector that a user gives back.
 *
 * @throws FreshetError INVALID_VECTOR if it is not from `snapshot()` of this namespace, or lacks one of
 * `tags`: whether that one changed since the data was read could not be told.
 */
export function tagsOfSnapshot(
  vector: unknown,
  store: Store,
  space: Space,
  tags: readonly string[],
): readonly string[] {
  if (isUnusable(vector)) return tags
  const snapshot = typeof vector === 'object' && vector !== null ? taken.get(vector as Vector) : undefined
  if (snapshot === undefined) throw invalidVector(`must come from snapshot(), but ${print(vector)} was given`)
  if (snapshot.store !== store || snapshot.prefix !== space.prefix)
    throw invalidVector(
      'comes from another cache or namespace; call snapshot() on the cache that set() is called on',
    )
  const lacking = tags.find((tag) => !snapshot.tags.includes(tag))
  if (lacking !== undefined)
    throw invalidVector(`lacks the tag ${print(lacking)}; name it in snapshot(), before the data is read`)
  return snapshot.tags
}

/** Nothing is stored under it, so it does not matter whose it is; a store may use one for all. */
const isUnusable = (vector: unknown): boolean =>
  typeof vector === 'object' && vector !== null && 'usable' in vector && !vector.usable

function invalidVector(problem: string): FreshetError {
  return new FreshetError('INVALID_VECTOR', `The option 'vector' of set() ${problem}.`)
}
