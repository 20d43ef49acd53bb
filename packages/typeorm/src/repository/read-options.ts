import type { PolicyOptions } from '@freshet/core'
import { assertOptions, invalidOption, policyOptionNames, print } from '@freshet/core/adapter'

/** What one `getWithCache` may ask for. What is left out comes from the options of the cache. */
export interface GetWithCacheOptions extends PolicyOptions {
  /** Names of one's own for `cache.invalidate(tags)`, besides the tables that the query reads. */
  readonly tags?: readonly string[]
  /** Keeps this answer apart from those of other scopes. Default: what the `scope` option of `freshet()` returns. */
  readonly scope?: string
}

const names = ['tags', 'scope', ...policyOptionNames] as const

/** @throws FreshetError INVALID_OPTION */
export function assertReadOptions(method: string, options: GetWithCacheOptions): void {
  assertOptions(`${method}()`, options, names)
  const { scope, tags } = options
  if (scope !== undefined && typeof scope !== 'string')
    throw invalidOption(`${method}() takes a scope that is a string, but ${print(scope)} was given.`)
  if (tags !== undefined && !Array.isArray(tags))
    throw invalidOption(`${method}() takes tags that are an array of strings, but ${print(tags)} was given.`)
}
