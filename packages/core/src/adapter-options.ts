import type { Cache } from './cache.js'
import type { Engine } from './engine.js'
import { engineOf } from './engine.js'
import { assertOptions, invalidOption, print } from './options.js'

/**
 * The options that `freshet()` has with every ORM. On the public face, and not in `@freshet/core/adapter`: a project whose
 * TypeScript resolves modules the old way finds no types behind a path of a package.
 */
export interface AdapterOptions {
  /** From `createCache()`. The caller keeps it, and closes it. */
  readonly cache: Cache
  /**
   * Whose results these are: the tenant, role or user that the database filters by. Called when each
   * query is sent; results of different scopes are never mixed. Default: one scope for all.
   */
  readonly scope?: () => string
  /**
   * Names the database, where one cache serves several. Needed for every database but the first;
   * clients of the same database share a name.
   */
  readonly database?: string
}

/** {@link AdapterOptions}, checked. */
export interface ResolvedAdapterOptions {
  readonly engine: Engine
  readonly cache: Cache
  readonly scope: (() => unknown) | undefined
  readonly database: string | undefined
}

const names = ['cache', 'scope', 'database'] as const

/**
 * Checks what is given to a `freshet()`.
 *
 * @param own the names of the options that it knows besides
 * @throws FreshetError INVALID_OPTION
 */
export function resolveAdapterOptions(
  options: AdapterOptions,
  own: readonly string[],
): ResolvedAdapterOptions {
  assertOptions('freshet()', options, [...names, ...own])
  const { cache, scope, database } = options
  const engine = engineOf(cache)
  if (engine === undefined) {
    throw invalidOption(
      `The option 'cache' of freshet() must come from createCache(), but ${print(cache)} was given.`,
    )
  }
  if (scope !== undefined && typeof scope !== 'function') {
    throw invalidOption(
      `The option 'scope' of freshet() must be a function that returns a string, but ${print(scope)} was given.`,
    )
  }
  if (database !== undefined && !/^[\w-]{1,64}$/.test(database)) {
    throw invalidOption(
      `The option 'database' must be a name of 1 to 64 letters, digits, '_' and '-', but ${print(database)} was given.`,
    )
  }
  return { engine, cache, scope, database }
}
