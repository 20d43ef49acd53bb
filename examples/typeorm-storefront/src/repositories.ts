import type { DataSource, FindManyOptions, FindOneOptions, ObjectLiteral, Repository } from 'typeorm'
import { Category, Customer, Order, OrderLine, Product, Review } from './entities.js'

/** What the shop's pages are written for. */
export interface Repositories {
  readonly customers: Repository<Customer>
  readonly categories: Repository<Category>
  readonly products: Repository<Product>
  readonly orders: Repository<Order>
  readonly orderLines: Repository<OrderLine>
  readonly reviews: Repository<Review>
}

type Wrap = <Entity extends ObjectLiteral>(repository: Repository<Entity>) => Repository<Entity>

export function cachedRepositories(dataSource: DataSource): Repositories {
  return repositoriesOf(dataSource, (repository) => repository)
}

/** The same for a DataSource without a cache: `getWithCache` and its like are what they stand for. */
export function uncachedRepositories(dataSource: DataSource): Repositories {
  return repositoriesOf(dataSource, withoutCache)
}

function repositoriesOf(dataSource: DataSource, wrap: Wrap): Repositories {
  return {
    customers: wrap(dataSource.getRepository(Customer)),
    categories: wrap(dataSource.getRepository(Category)),
    products: wrap(dataSource.getRepository(Product)),
    orders: wrap(dataSource.getRepository(Order)),
    orderLines: wrap(dataSource.getRepository(OrderLine)),
    reviews: wrap(dataSource.getRepository(Review)),
  }
}

function withoutCache<Entity extends ObjectLiteral>(repository: Repository<Entity>): Repository<Entity> {
  return repository.extend({
    getWithCache: (options?: FindManyOptions<Entity>) => repository.find(options),
    getOneWithCache: (options: FindOneOptions<Entity>) => repository.findOne(options),
    getCountWithCache: (options?: FindManyOptions<Entity>) => repository.count(options),
    createQueryBuilder(alias?: string) {
      const builder = repository.createQueryBuilder(alias)
      return Object.assign(builder, { getWithCache: () => builder.getMany() })
    },
  })
}
