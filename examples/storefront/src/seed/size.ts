/** How many rows of each kind the shop starts with. Ids run from 1 to these numbers. */
export interface ShopSize {
  readonly customers: number
  readonly products: number
  readonly categories: number
  readonly orders: number
  readonly reviews: number
}

const FULL: ShopSize = { customers: 2_000, products: 1_000, categories: 40, orders: 20_000, reviews: 6_000 }

/** The full shop times `scale`, with at least 40 rows of each kind so that every action finds something. */
export function shopSize(scale: number): ShopSize {
  const scaled = (count: number): number => Math.max(40, Math.round(count * scale))
  return {
    customers: scaled(FULL.customers),
    products: scaled(FULL.products),
    categories: FULL.categories,
    orders: scaled(FULL.orders),
    reviews: scaled(FULL.reviews),
  }
}
