import { FreshetError, isFreshetError } from '@freshet/core'
import type { Policy } from '@freshet/core/adapter'
import { assertOptions, policyOptionNames, print, resolvePolicy } from '@freshet/core/adapter'
import type { CacheArgument } from './types/cache-argument.js'

const argumentNames = ['tags', 'scope', ...policyOptionNames] as const

/** What a read's `cache` argument asks for. */
export interface AskedCache {
  readonly cached: boolean
  readonly options: CacheArgument | undefined
}

/**
 * A call's arguments without the `cache` argument, and that. On a fluent path the argument of the last
 * step stands inside the selection that Prisma has made of the path.
 */
export function splitCacheArgument(
  args: Record<string, unknown>,
  dataPath: readonly string[],
): { readonly args: Record<string, unknown>; readonly cache: unknown } {
  if (!('cache' in args) && dataPath.length === 0) return { args, cache: undefined }
  const { cache: own, ...rest } = args
  const [selection, field, ...further] = dataPath
  if (selection === undefined || field === undefined) return { args: rest, cache: own }
  // Only the arguments of a step hold one: in a selection `cache` is the name of a field.
  const selected = rest[selection] as Record<string, unknown>
  const step = selected[field]
  if (typeof step !== 'object' || step === null) return { args: rest, cache: own }
  const inner = splitCacheArgument(step as Record<string, unknown>, further)
  // The step nearest to the answer speaks for it.
  return {
    args: { ...rest, [selection]: { ...selected, [field]: inner.args } },
    cache: inner.cache ?? own,
  }
}

/** @throws FreshetError INVALID_CACHE_ARGUMENT */
export function readCacheArgument(cache: unknown): AskedCache {
  if (typeof cache === 'boolean') return { cached: cache, options: undefined }
  try {
    assertOptions("The argument 'cache'", cache, argumentNames)
  } catch (cause) {
    throw invalid(cause)
  }
  const { scope, tags } = cache as CacheArgument
  if (scope !== undefined && typeof scope !== 'string')
    throw invalid(undefined, `its scope must be a string, but ${print(scope)} was given`)
  if (tags !== undefined && !Array.isArray(tags))
    throw invalid(undefined, `its tags must be an array of strings, but ${print(tags)} was given`)
  return { cached: true, options: cache as CacheArgument }
}

/** @throws FreshetError INVALID_CACHE_ARGUMENT */
export function askedPolicy(options: CacheArgument, base: Policy): Policy {
  try {
    return resolvePolicy(options, base)
  } catch (cause) {
    throw invalid(cause)
  }
}

/** @throws FreshetError INVALID_CACHE_ARGUMENT always: writes are not cached. */
export function refuseOnWrite(operation: string): never {
  throw invalid(undefined, `${operation} is a write, and only reads take it`)
}

function invalid(cause: unknown, reason?: string): FreshetError {
  const why = reason ?? (isFreshetError(cause) ? cause.message : String(cause))
  return new FreshetError(
    'INVALID_CACHE_ARGUMENT',
    `The argument 'cache' must be true, false, or options such as { ttl: '10s' }: ${why}`,
    cause === undefined ? {} : { cause },
  )
}
