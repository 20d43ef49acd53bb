import type { Filler } from '@freshet-example/storefront'
import type { DataSource, EntityTarget, ObjectLiteral } from 'typeorm'
import { openPlainDataSource } from './data-source.js'
import { Category, Customer, Order, OrderLine, Product, Review } from './entities.js'

/** Fills a shop through TypeORM. */
export async function openFiller(file: string): Promise<Filler> {
  const dataSource = await openPlainDataSource({ file })
  const into =
    (entity: EntityTarget<ObjectLiteral>) =>
    (rows: readonly ObjectLiteral[]): Promise<unknown> =>
      dataSource
        .createQueryBuilder()
        .insert()
        .into(entity)
        .values([...rows])
        .updateEntity(false)
        .execute()
  return {
    customers: into(Customer),
    categories: into(Category),
    products: into(Product),
    productCategories: (links) => insertLinks(dataSource, links),
    orders: into(Order),
    orderLines: into(OrderLine),
    reviews: into(Review),
    close: () => dataSource.destroy(),
  }
}

/** TypeORM has no entity class for the join table, and loading and saving each product would take a while. */
function insertLinks(
  dataSource: DataSource,
  links: readonly { readonly categoryId: number; readonly productId: number }[],
): Promise<unknown> {
  const values = links.map(() => '(?, ?)').join(', ')
  const parameters = links.flatMap(({ categoryId, productId }) => [categoryId, productId])
  return dataSource.query(`INSERT INTO "_CategoryToProduct" ("A", "B") VALUES ${values}`, parameters)
}
