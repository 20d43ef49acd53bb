import type { Shop } from '@freshet-example/storefront'
import type { ShopClient } from '../shop-client.js'

type Staff = Pick<Shop, 'changePrice' | 'restock' | 'recategorise' | 'shipOrders' | 'eraseCustomer'>

/** What the people who run the shop do. */
export const staffWork = (prisma: ShopClient): Staff => ({
  changePrice: (id, price) => prisma.product.update({ where: { id }, data: { price } }),

  restock: (below) =>
    prisma.$executeRaw`UPDATE "Product" SET "stock" = "stock" + 100 WHERE "stock" < ${below}`,

  recategorise: (how, id, categoryId) =>
    prisma.product.update({ where: { id }, data: { categories: { [how]: [{ id: categoryId }] } } }),

  shipOrders: (placedBefore, id, description) =>
    prisma.$transaction([
      prisma.order.updateMany({
        where: { status: 'PAID', placedAt: { lt: placedBefore } },
        data: { status: 'SHIPPED' },
      }),
      prisma.product.update({ where: { id }, data: { description } }),
    ]),

  eraseCustomer: (id) => prisma.customer.delete({ where: { id } }),
})
