import type { Cache, ReadInfo } from '@freshet/core'
import type { Args, PrismaPromise } from '@prisma/client/runtime/client'
import type { CacheArgument } from './cache-argument.js'

/** How the answer of one Prisma call came about. */
export interface CacheInfo extends Readonly<ReadInfo> {}

/** A call's result beside how it came about. */
export interface WithCacheInfo<T> {
  readonly data: T
  readonly info: CacheInfo
}

/**
 * The same client with cache options for every read that is made through it. The options of a read's own `cache`
 * argument win over these.
 *
 * @example
 * await prisma.$cached({ ttl: '1m' }).user.findMany()
 */
export interface CachedMethod {
  <Client>(this: Client, options: CacheArgument): Client
}

/**
 * Runs a call of this client and says how its answer came about.
 *
 * @example
 * const { data, info } = await prisma.$cacheInfo(prisma.user.findMany())
 */
export interface CacheInfoMethod {
  <T>(promise: PrismaPromise<T>): Promise<WithCacheInfo<T>>
}

/**
 * Stops every cached read of this model from being served or, given `where`, those that the rows it names can change.
 * Resolves when it is done.
 *
 * @example
 * await prisma.user.invalidateCache({ where: { id: 7 } })
 */
export interface InvalidateCacheMethod {
  <Model>(this: Model, options?: { readonly where?: Args<Model, 'findMany'>['where'] }): Promise<void>
}

/** What Freshet adds to a client, in the form in which Prisma keeps the components of extensions. */
export type ClientComponents = {
  $cached: () => CachedMethod
  $cacheInfo: () => CacheInfoMethod
  $cache: () => Cache
}

/** What Freshet adds to every model, in the form in which Prisma keeps the components of extensions. */
export type ModelComponents = {
  invalidateCache: () => InvalidateCacheMethod
}
