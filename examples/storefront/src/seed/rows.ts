import { between, createRandom, distinct, pick, type Random, zipf } from '../random.js'
import type { Opinion } from '../shop.js'
import type { ShopSize } from './size.js'
import {
  ADJECTIVES,
  CATEGORIES,
  CITIES,
  FIRST_NAMES,
  LAST_NAMES,
  MATERIALS,
  NOUNS,
  OPINIONS,
} from './words.js'

/** The day on which visitors come; every order in the seed is at most a year older. */
export const OPENING_DAY = new Date('2026-06-01T08:00:00Z')

const YEAR_MS = 365 * 24 * 60 * 60 * 1000

/** All rows of the shop, by table. Prices are decimal numbers, written out. */
export interface ShopRows {
  readonly customers: readonly CustomerRow[]
  readonly categories: readonly CategoryRow[]
  readonly products: readonly ProductRow[]
  readonly productCategories: readonly { readonly categoryId: number; readonly productId: number }[]
  readonly orders: readonly OrderRow[]
  readonly orderLines: readonly OrderLineRow[]
  readonly reviews: readonly Opinion[]
}

interface CustomerRow {
  readonly id: number
  readonly email: string
  readonly name: string
  readonly city: string
  readonly createdAt: Date
}

interface CategoryRow {
  readonly id: number
  readonly slug: string
  readonly name: string
}

interface ProductRow {
  readonly id: number
  readonly slug: string
  readonly name: string
  readonly description: string
  readonly price: string
  readonly stock: number
  readonly createdAt: Date
}

interface OrderRow {
  readonly id: number
  readonly customerId: number
  readonly placedAt: Date
  readonly status: 'PAID' | 'SHIPPED'
  readonly total: string
}

interface OrderLineRow {
  readonly orderId: number
  readonly productId: number
  readonly quantity: number
  readonly unitPrice: string
}

/** Makes the same rows for the same size, on every machine. */
export function shopRows(size: ShopSize): ShopRows {
  const random = createRandom(20_260_601)
  const products = numbered(size.products, (id) => product(random, id))
  const { orders, orderLines } = orderRows(random, size, products)
  return {
    customers: numbered(size.customers, (id) => customer(random, id)),
    categories: numbered(size.categories, category),
    products,
    productCategories: numbered(size.products, (productId) =>
      distinct(between(random, 1, 3), size.categories, () => between(random, 1, size.categories)).map(
        (categoryId) => ({ categoryId, productId }),
      ),
    ).flat(),
    orders,
    orderLines,
    reviews: reviewRows(random, size),
  }
}

/** The slug of the category with this id. */
export function categorySlug(id: number): string {
  return (CATEGORIES[id - 1] as string).toLowerCase().replaceAll(' ', '-')
}

function numbered<T>(count: number, make: (id: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index + 1))
}

function customer(random: Random, id: number): CustomerRow {
  const name = `${pick(random, FIRST_NAMES)} ${pick(random, LAST_NAMES)}`
  return {
    id,
    name,
    email: `customer${id}@example.com`,
    city: pick(random, CITIES),
    createdAt: pastDate(random()),
  }
}

function category(id: number): CategoryRow {
  return { id, slug: categorySlug(id), name: CATEGORIES[id - 1] as string }
}

function product(random: Random, id: number): ProductRow {
  const name = `${pick(random, ADJECTIVES)} ${pick(random, MATERIALS)} ${pick(random, NOUNS)}`
  return {
    id,
    slug: `${name.toLowerCase().replaceAll(' ', '-')}-${id}`,
    name,
    description: `${name}, made to last. ${pick(random, OPINIONS)}`,
    price: `${between(random, 4, 249)}.${pick(random, ['00', '50', '90', '95', '99'])}`,
    stock: between(random, 20, 400),
    createdAt: pastDate(random()),
  }
}

function orderRows(random: Random, size: ShopSize, products: readonly ProductRow[]) {
  const popularProduct = zipf(size.products)
  const orders: OrderRow[] = []
  const orderLines: OrderLineRow[] = []
  for (let id = 1; id <= size.orders; id++) {
    let totalCents = 0
    for (const productId of distinct(between(random, 1, 6), size.products, () => popularProduct(random))) {
      const unitPrice = (products[productId - 1] as ProductRow).price
      const quantity = between(random, 1, 3)
      totalCents += Math.round(Number(unitPrice) * 100) * quantity
      orderLines.push({ orderId: id, productId, quantity, unitPrice })
    }
    const placedAt = pastDate((id - 1) / size.orders)
    const customerId = between(random, 1, size.customers)
    orders.push({ id, customerId, placedAt, status: 'SHIPPED', total: (totalCents / 100).toFixed(2) })
  }
  return { orders, orderLines }
}

function reviewRows(random: Random, size: ShopSize): Opinion[] {
  const popularProduct = zipf(size.products)
  const rows = new Map<string, Opinion>()
  while (rows.size < size.reviews) {
    const productId = popularProduct(random)
    const customerId = between(random, 1, size.customers)
    rows.set(`${productId}:${customerId}`, {
      productId,
      customerId,
      rating: between(random, 1, 5),
      text: pick(random, OPINIONS),
      writtenAt: pastDate(random()),
    })
  }
  return [...rows.values()]
}

/** A date in the year before the opening day: 0 is its start, 1 its end. */
function pastDate(share: number): Date {
  return new Date(OPENING_DAY.getTime() - Math.round((1 - share) * YEAR_MS))
}
