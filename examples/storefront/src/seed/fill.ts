import type { Filler } from '../example.js'
import type { Progress } from '../progress.js'
import { shopRows } from './rows.js'
import type { ShopSize } from './size.js'

const ROWS_PER_STATEMENT = 1_000

/** Fills an empty shop. Parents come before children, because the tables have foreign keys. */
export async function fillShop(filler: Filler, size: ShopSize, progress: Progress): Promise<void> {
  const rows = shopRows(size)
  const batches = [
    ...batchesOf(rows.customers, filler.customers),
    ...batchesOf(rows.categories, filler.categories),
    ...batchesOf(rows.products, filler.products),
    ...batchesOf(rows.productCategories, filler.productCategories),
    ...batchesOf(rows.orders, filler.orders),
    ...batchesOf(rows.orderLines, filler.orderLines),
    ...batchesOf(rows.reviews, filler.reviews),
  ]
  progress.start('Filling the shop', batches.length)
  for (const write of batches) {
    await write()
    progress.advance()
  }
  progress.stop()
}

function batchesOf<T>(
  rows: readonly T[],
  write: (batch: readonly T[]) => PromiseLike<unknown>,
): (() => PromiseLike<unknown>)[] {
  const batches: (() => PromiseLike<unknown>)[] = []
  for (let start = 0; start < rows.length; start += ROWS_PER_STATEMENT) {
    const batch = rows.slice(start, start + ROWS_PER_STATEMENT)
    batches.push(() => write(batch))
  }
  return batches
}
