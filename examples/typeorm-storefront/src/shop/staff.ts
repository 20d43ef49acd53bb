import type { Shop } from '@freshet-example/storefront'
import { LessThan, type DataSource } from 'typeorm'
import { Order, Product } from '../entities.js'
import type { OneAtATime } from '../one-at-a-time.js'
import type { Repositories } from '../repositories.js'

type Staff = Pick<Shop, 'changePrice' | 'restock' | 'recategorise' | 'shipOrders' | 'eraseCustomer'>

/** What the people who run the shop do. */
export const staffWork = (
  dataSource: DataSource,
  repositories: Repositories,
  oneAtATime: OneAtATime,
): Staff => ({
  changePrice: (id, price) => oneAtATime(() => repositories.products.update({ id }, { price })),

  restock: (below) =>
    oneAtATime(() =>
      dataSource.query('UPDATE "Product" SET "stock" = "stock" + 100 WHERE "stock" < ?', [below]),
    ),

  recategorise: (how, id, categoryId) =>
    oneAtATime(() =>
      how === 'disconnect'
        ? dataSource.createQueryBuilder().relation(Product, 'categories').of(id).remove(categoryId)
        : putInto(repositories, how, id, categoryId),
    ),

  shipOrders: (placedBefore, id, description) =>
    oneAtATime(() =>
      dataSource.transaction(async (manager) => {
        const paid = { status: 'PAID', placedAt: LessThan(placedBefore) } as const
        await manager.update(Order, paid, { status: 'SHIPPED' })
        await manager.update(Product, { id }, { description })
      }),
    ),

  eraseCustomer: (id) => oneAtATime(() => repositories.customers.delete({ id })),
})

async function putInto(
  { categories, products }: Repositories,
  how: 'connect' | 'set',
  id: number,
  categoryId: number,
): Promise<void> {
  const product = await products.findOneOrFail({ where: { id }, relations: { categories: true } })
  const kept = how === 'set' ? [] : product.categories.filter((category) => category.id !== categoryId)
  product.categories = [...kept, categories.create({ id: categoryId })]
  await products.save(product)
}
