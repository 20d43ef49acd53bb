import { createKeys } from '../../src/keys.js'

/** The key of the tag `User`, and of the entry `k`, of a cache without a namespace. */
export function keysOf(prefix: string): {
  readonly user: string
  readonly whole: string
  readonly entry: string
} {
  const keys = createKeys(prefix)
  return { user: keys.generation('user'), whole: keys.generation(''), entry: keys.entry('s:k') }
}
