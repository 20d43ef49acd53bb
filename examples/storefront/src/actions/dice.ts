import { between, createRandom, distinct, zipf } from '../random.js'
import { categorySlug, OPENING_DAY } from '../seed/rows.js'
import type { ShopSize } from '../seed/size.js'
import { MATERIALS, NOUNS } from '../seed/words.js'

/** The random choices that actions are made of. The same seed gives the same choices. */
export interface Dice {
  /** A number in [0, 1). */
  chance(): number
  between(min: number, max: number): number
  /** Ids and words that are popular come up more often (Zipf's law), as in a real shop. */
  productId(): number
  productIds(count: number): number[]
  categoryId(): number
  categorySlug(): string
  searchTerm(): string
  customerId(): number
  /** A customer who never comes back, each at most once; undefined when there are no more. */
  dormantCustomerId(): number | undefined
  /** An order that nobody has drawn before; undefined when there are no more. */
  freshOrderId(): number | undefined
  /** The shop's clock: a little later with every call. */
  now(): Date
}

/** One customer in ten is dormant: only their deletion is ever planned, so that no step fails for a missing customer. */
const DORMANT_SHARE = 0.1

export function createDice(seed: number, size: ShopSize): Dice {
  const random = createRandom(seed)
  const popularProduct = zipf(size.products)
  const popularCategory = zipf(size.categories)
  const frequentTerm = zipf(MATERIALS.length + NOUNS.length)
  const activeCustomers = Math.floor(size.customers * (1 - DORMANT_SHARE))
  const frequentCustomer = zipf(activeCustomers)
  const dormantCustomers = countdown(size.customers, activeCustomers)
  const orders = countdown(size.orders, 0)
  let seconds = 0
  return {
    chance: random,
    between: (min, max) => between(random, min, max),
    productId: () => popularProduct(random),
    productIds: (count) => distinct(count, size.products, () => popularProduct(random)),
    categoryId: () => popularCategory(random),
    categorySlug: () => categorySlug(popularCategory(random)),
    searchTerm: () => [...NOUNS, ...MATERIALS][frequentTerm(random) - 1] as string,
    customerId: () => frequentCustomer(random),
    dormantCustomerId: dormantCustomers,
    freshOrderId: orders,
    now: () => new Date(OPENING_DAY.getTime() + ++seconds * 1000),
  }
}

/** Gives `from`, `from - 1`, … down to `until + 1`, then undefined. */
function countdown(from: number, until: number): () => number | undefined {
  let next = from
  return () => (next > until ? next-- : undefined)
}
