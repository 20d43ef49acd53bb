import type { FindManyOptions, FindOneOptions, FindOptionsWhere, ObjectLiteral } from 'typeorm'
import type { GetWithCacheOptions } from './read-options.js'

// Whoever names the options gets the methods that take them.
export type { GetWithCacheOptions } from './read-options.js'

declare module 'typeorm' {
  interface Repository<Entity extends ObjectLiteral> {
    /**
     * As `find()`, from the cache: entities of the repository's class, with relations, lazy relations, transformed
     * values and `@AfterLoad` as without it. They are the caller's own, to change and to save.
     *
     * Inside a transaction, on a query runner of the caller's, and with `lock`, it is `find()`.
     *
     * @throws FreshetError NOT_CONFIGURED if the DataSource has no `cache: freshet({ cache })`; INVALID_OPTION,
     * INVALID_DURATION, INVALID_TAG
     *
     * @example
     * const posts = await repository.getWithCache({ where: { published: true }, relations: { author: true } }, { ttl: '1m' })
     */
    getWithCache(options?: FindManyOptions<Entity>, cache?: GetWithCacheOptions): Promise<Entity[]>
    /** As `findOne()`, from the cache; see {@link getWithCache}. `null` is kept too, for `negativeTtl`. */
    getOneWithCache(options: FindOneOptions<Entity>, cache?: GetWithCacheOptions): Promise<Entity | null>
    /** As `count()`, from the cache; see {@link getWithCache}. */
    getCountWithCache(options?: FindManyOptions<Entity>, cache?: GetWithCacheOptions): Promise<number>
    /**
     * Everything that was read from this entity's table is read anew, in every process: for writes that did not pass
     * through this DataSource.
     *
     * @param criteria which rows have changed: as yet, it invalidates the table whatever they are
     * @throws FreshetError NOT_CONFIGURED; INVALID_OPTION for a property that the entity does not have
     */
    invalidateCache(criteria?: FindOptionsWhere<Entity> | readonly FindOptionsWhere<Entity>[]): Promise<void>
  }

  interface SelectQueryBuilder<Entity extends ObjectLiteral> {
    /**
     * As `getMany()`, from the cache; see {@link Repository.getWithCache}.
     *
     * @throws FreshetError NOT_CONFIGURED, INVALID_OPTION, INVALID_DURATION, INVALID_TAG
     */
    getWithCache(cache?: GetWithCacheOptions): Promise<Entity[]>
  }
}
