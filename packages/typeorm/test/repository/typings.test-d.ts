import type { DataSource, Repository, TreeRepository } from 'typeorm'
import type { GetWithCacheOptions } from '../../src/repository/index.js'
import type { Category } from '../support/entities.js'
import { Post } from '../support/entities.js'
import type { Product } from '../support/schemas.js'
import { ProductSchema } from '../support/schemas.js'

declare const posts: Repository<Post>
declare const tree: TreeRepository<Category>
declare const dataSource: DataSource
declare const options: GetWithCacheOptions

const many: Promise<Post[]> = posts.getWithCache(
  { where: { author: { email: 'a' } }, relations: { labels: true } },
  options,
)
const one: Promise<Post | null> = posts.getOneWithCache(
  { where: { id: 1 } },
  { ttl: '1m', tags: ['front'], scope: 'a' },
)
const count: Promise<number> = posts.getCountWithCache()
const categories: Promise<Category[]> = tree.getWithCache()
const products: Promise<Product[]> = dataSource.getRepository(ProductSchema).getWithCache()
const built: Promise<Post[]> = dataSource.createQueryBuilder(Post, 'p').getWithCache({ ttl: 1000 })
const extended: Promise<Post[]> = posts.extend({ all: () => posts.getWithCache() }).getWithCache()
const done: Promise<void> = posts.invalidateCache({ id: 1 })

// @ts-expect-error there is no such relation
void posts.getWithCache({ relations: { nosuch: true } })
// @ts-expect-error one entity needs options
void posts.getOneWithCache()
// @ts-expect-error there is no such option
void posts.getWithCache({}, { tll: 1 })
// @ts-expect-error a query builder takes the options of the cache alone
void posts.createQueryBuilder('p').getWithCache({ where: { id: 1 } })
// @ts-expect-error there is no such property
void posts.invalidateCache({ nosuch: 1 })

export const typed = [many, one, count, categories, products, built, extended, done]
