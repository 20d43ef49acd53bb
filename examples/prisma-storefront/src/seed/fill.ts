import { Prisma, type PrismaClient } from '../generated/prisma/client.js'
import type { Progress } from '../progress.js'
import { shopRows } from './rows.js'
import type { ShopSize } from './size.js'

const ROWS_PER_STATEMENT = 1_000

/** Fills an empty shop. Parents come before children, because the tables have foreign keys. */
export async function fillShop(prisma: PrismaClient, size: ShopSize, progress: Progress): Promise<void> {
  const rows = shopRows(size)
  const batches = [
    ...batchesOf(rows.customers, (data) => prisma.customer.createMany({ data })),
    ...batchesOf(rows.categories, (data) => prisma.category.createMany({ data })),
    ...batchesOf(rows.products, (data) => prisma.product.createMany({ data })),
    ...batchesOf(rows.productCategories, (links) => insertLinks(prisma, links)),
    ...batchesOf(rows.orders, (data) => prisma.order.createMany({ data })),
    ...batchesOf(rows.orderLines, (data) => prisma.orderLine.createMany({ data })),
    ...batchesOf(rows.reviews, (data) => prisma.review.createMany({ data })),
  ]
  progress.start('Filling the shop', batches.length)
  for (const write of batches) {
    await write()
    progress.advance()
  }
  progress.stop()
}

/** Prisma has no model for an implicit join table, and a nested `connect` for each product would take a while. */
function insertLinks(prisma: PrismaClient, links: readonly { categoryId: number; productId: number }[]) {
  const values = links.map(({ categoryId, productId }) => Prisma.sql`(${categoryId}, ${productId})`)
  return prisma.$executeRaw`INSERT INTO "_CategoryToProduct" ("A", "B") VALUES ${Prisma.join(values)}`
}

function batchesOf<T>(
  rows: readonly T[],
  write: (batch: T[]) => PromiseLike<unknown>,
): (() => PromiseLike<unknown>)[] {
  const batches: (() => PromiseLike<unknown>)[] = []
  for (let start = 0; start < rows.length; start += ROWS_PER_STATEMENT) {
    const batch = rows.slice(start, start + ROWS_PER_STATEMENT)
    batches.push(() => write(batch))
  }
  return batches
}
