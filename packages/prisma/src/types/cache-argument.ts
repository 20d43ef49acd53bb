import type { PolicyOptions } from '@freshet/core'

/** What one read may ask of the cache. What is left out comes from the model's options, then from the cache's. */
export interface CacheArgument extends PolicyOptions {
  /** Names of one's own for `cache.invalidate(tags)`, besides the tables that the query reads. */
  readonly tags?: readonly string[]
  /** Keeps this answer apart from those of other scopes. Default: what the `scope` option of `freshet()` returns. */
  readonly scope?: string
}

/**
 * The argument that every read of every model takes besides Prisma's own.
 *
 * `true`: cache this read though its model is not cached by default. `false`: straight to the database, nothing stored.
 * Neither changes the type of the result.
 */
export interface CacheArgs {
  readonly cache?: boolean | CacheArgument | undefined
}

/** The operations of a model that take {@link CacheArgs}. */
export type ReadOperation =
  | 'findUnique'
  | 'findUniqueOrThrow'
  | 'findFirst'
  | 'findFirstOrThrow'
  | 'findMany'
  | 'count'
  | 'aggregate'
  | 'groupBy'
