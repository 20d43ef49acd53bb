import type { PolicyOptions, ReadInfo } from '@freshet/core'
import { assertOptions, invalidOption, policyOptionNames, print } from '@freshet/core/adapter'

/** What one `getWithCache` may ask for. What is left out comes from the options of the cache. */
export interface GetWithCacheOptions extends PolicyOptions {
  /** Names of one's own for `cache.invalidate(tags)`, besides the tables that the query reads. */
  readonly tags?: readonly string[]
  /** Keeps this answer apart from those of other scopes. Default: what the `scope` option of `freshet()` returns. */
  readonly scope?: string
  /**
   * Of a cache whose answers may be stale (`consistency` other than `'strong'`) entities are frozen, because saving an
   * old one writes old values back; `true` gives them as they are. Dates and bytes are not frozen. Default `false`.
   */
  readonly mutable?: boolean
  /** Called once, before the answer is given: how it came about, what it depends on, and why anything of that is wide. */
  readonly info?: (info: Readonly<ReadInfo>) => void
}

const names = ['tags', 'scope', 'mutable', 'info', ...policyOptionNames] as const

/** @throws FreshetError INVALID_OPTION */
export function assertReadOptions(method: string, options: GetWithCacheOptions): void {
  assertOptions(`${method}()`, options, names)
  const { scope, tags, mutable, info } = options
  if (scope !== undefined && typeof scope !== 'string')
    throw invalidOption(`${method}() takes a scope that is a string, but ${print(scope)} was given.`)
  if (tags !== undefined && !Array.isArray(tags))
    throw invalidOption(`${method}() takes tags that are an array of strings, but ${print(tags)} was given.`)
  if (info !== undefined && typeof info !== 'function')
    throw invalidOption(`${method}() takes info that is a function, but ${print(info)} was given.`)
  if (mutable !== undefined && typeof mutable !== 'boolean')
    throw invalidOption(`${method}() takes mutable: true or false, but ${print(mutable)} was given.`)
}
