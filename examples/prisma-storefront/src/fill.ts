import type { Filler } from '@freshet-example/storefront'
import { Prisma, type PrismaClient } from './generated/prisma/client.js'
import { createPlainClient } from './shop-client.js'

/** Fills a shop through Prisma. */
export async function openFiller(file: string): Promise<Filler> {
  const prisma = createPlainClient({ file })
  return {
    customers: (rows) => prisma.customer.createMany({ data: [...rows] }),
    categories: (rows) => prisma.category.createMany({ data: [...rows] }),
    products: (rows) => prisma.product.createMany({ data: [...rows] }),
    productCategories: (rows) => insertLinks(prisma, rows),
    orders: (rows) => prisma.order.createMany({ data: [...rows] }),
    orderLines: (rows) => prisma.orderLine.createMany({ data: [...rows] }),
    reviews: (rows) => prisma.review.createMany({ data: [...rows] }),
    close: () => prisma.$disconnect(),
  }
}

/** Prisma has no model for an implicit join table, and a nested `connect` for each product would take a while. */
function insertLinks(prisma: PrismaClient, links: readonly { categoryId: number; productId: number }[]) {
  const values = links.map(({ categoryId, productId }) => Prisma.sql`(${categoryId}, ${productId})`)
  return prisma.$executeRaw`INSERT INTO "_CategoryToProduct" ("A", "B") VALUES ${Prisma.join(values)}`
}
