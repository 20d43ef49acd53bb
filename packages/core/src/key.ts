import objectHash from 'object-hash'
import { encodeCanonical } from './canonical.js'
import { FreshetError } from './errors.js'

/**
 * The text that stands for a user's key in `get`, `getOrSet` and `memoize`.
 *
 * Strings stand for themselves. Plain values (numbers, booleans, bigints, dates, bytes, arrays and plain objects of these)
 * are told apart by content and type, whatever the order of their keys. Anything else (class instances, Map, Set, values
 * with cycles) goes through `object-hash`, which tells instances apart by class name and fields, functions by their
 * source, and costs tens of microseconds. The three families never meet: each has a prefix of its own.
 *
 * @throws FreshetError `INVALID_KEY` for `undefined`, `null`, a symbol, a function, or an object that cannot be hashed
 */
export function toKeyString(key: unknown): string {
  if (typeof key === 'string') return `s:${key}`
  if (key === undefined || key === null || typeof key === 'symbol' || typeof key === 'function') {
    throw invalidKey(key === null ? 'null' : typeof key)
  }
  const text = encodeCanonical(key)
  return text === undefined ? `h:${hash(key)}` : `c:${text}`
}

function hash(key: unknown): string {
  try {
    return objectHash(key as objectHash.NotUndefined, { algorithm: 'sha256', encoding: 'base64' })
  } catch (cause) {
    throw invalidKey('an object that cannot be hashed', cause)
  }
}

function invalidKey(given: string, cause?: unknown): FreshetError {
  return new FreshetError(
    'INVALID_KEY',
    `A cache key must be a string, number, boolean, bigint or object, given ${given}. ` +
      `Give a string, or a plain object of the values that the result depends on.`,
    { cause },
  )
}
