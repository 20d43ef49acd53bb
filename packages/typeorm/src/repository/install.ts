import type { FindManyOptions, FindOneOptions, ObjectLiteral } from 'typeorm'
import { Repository, SelectQueryBuilder } from 'typeorm'
import { entityCount, manyEntities, oneEntity } from './answer.js'
import { readCached } from './cached-read.js'
import { BuilderRead, FindRead } from './find-read.js'
import { invalidateEntity } from './invalidate.js'
import type { GetWithCacheOptions } from './typings.js'

type AnyRepository = Repository<ObjectLiteral>
type Many = FindManyOptions<ObjectLiteral>

/**
 * Gives every repository and every select query builder its cached reads. On the prototypes, so that tree repositories,
 * extended ones and those of a framework have them, and so that one of a DataSource without the option says what to add.
 */
export function installCachedReads(): void {
  define(Repository.prototype, {
    async getWithCache(this: AnyRepository, options?: Many, cache?: GetWithCacheOptions) {
      return readCached(new FindRead(this, manyEntities, options), cache)
    },
    async getOneWithCache(
      this: AnyRepository,
      options: FindOneOptions<ObjectLiteral>,
      cache?: GetWithCacheOptions,
    ) {
      return readCached(new FindRead(this, oneEntity, options), cache)
    },
    async getCountWithCache(this: AnyRepository, options?: Many, cache?: GetWithCacheOptions) {
      return readCached(new FindRead(this, entityCount, options), cache)
    },
    async invalidateCache(this: AnyRepository, criteria?: unknown) {
      await invalidateEntity(this, criteria)
    },
  })
  define(SelectQueryBuilder.prototype, {
    async getWithCache(this: SelectQueryBuilder<ObjectLiteral>, cache?: GetWithCacheOptions) {
      return readCached(new BuilderRead(this, manyEntities), cache)
    },
  })
}

function define(prototype: object, methods: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(methods)) {
    Object.defineProperty(prototype, name, { value, writable: true, configurable: true, enumerable: false })
  }
}
