import { between, createRandom, pick, type Random, zipf } from './random.js'

/** The moment at which visits begin; every row is older. */
export const openingDay = Date.UTC(2026, 5, 1, 8)
const dayMs = 24 * 60 * 60 * 1000
export const dayBefore = openingDay - dayMs

export interface ShopSize {
  readonly products: number
  readonly categories: number
  readonly customers: number
  readonly orders: number
  readonly reviews: number
}

/** `rows` products, and what belongs to them. */
export const shopSize = (rows: number): ShopSize => ({
  products: rows,
  categories: Math.max(40, Math.round(rows / 200)),
  customers: rows,
  orders: Math.round(rows * 1.5),
  reviews: Math.round(rows * 1.5),
})

export interface CustomerRow {
  readonly id: number
  readonly email: string
  readonly name: string
  city: string
  readonly createdAt: number
}

interface CategoryRow {
  readonly id: number
  readonly slug: string
  readonly name: string
}

export interface ProductRow {
  readonly id: number
  readonly slug: string
  readonly name: string
  description: string
  /** In cents. */
  price: number
  stock: number
  readonly createdAt: number
}

export interface OrderRow {
  readonly id: number
  status: 'PAID' | 'SHIPPED'
  /** In cents. */
  readonly total: number
  readonly placedAt: number
  readonly customerId: number
}

export interface OrderLineRow {
  readonly quantity: number
  readonly unitPrice: number
  readonly orderId: number
  readonly productId: number
}

export interface ReviewRow {
  readonly rating: number
  readonly text: string
  /** No two are written at once, so that it orders them. */
  readonly writtenAt: number
  readonly productId: number
  readonly customerId: number
}

export interface ShopRows {
  readonly customers: readonly CustomerRow[]
  readonly categories: readonly CategoryRow[]
  readonly products: readonly ProductRow[]
  readonly productCategories: readonly { readonly categoryId: number; readonly productId: number }[]
  readonly orders: readonly OrderRow[]
  readonly orderLines: readonly OrderLineRow[]
  readonly reviews: readonly ReviewRow[]
}

const words = (text: string): readonly string[] => text.split(' ')
/** What names of products begin with, and visitors look for. */
export const adjectives = words(
  'Small Large Light Sturdy Quiet Bright Folding Classic Slim Warm Round Square Tall Low Wide Narrow Soft Firm Plain ' +
    'Striped Dotted Woven Carved Polished Rough Smooth Heavy Modern Rustic Vintage Compact Deep Shallow Hollow Curved ' +
    'Straight Simple Fancy Sleek Solid',
)
const nouns = words('Lamp Chair Table Kettle Blanket Mug Shelf Clock Basket Mirror Bottle Pan Knife Rug Vase')
const cities = words('Lisbon Vienna Oslo Porto Ghent Turin Graz Lyon Bern')

const numbered = <T>(count: number, make: (id: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index + 1))

/** The same rows for the same size, on every machine. */
export function shopRows(size: ShopSize): ShopRows {
  const random = createRandom(20_260_601)
  const products = numbered(size.products, (id) => product(random, id))
  const { orders, orderLines } = orderRows(random, size, products)
  return {
    customers: numbered(size.customers, (id) => ({
      id,
      email: `customer${id}@example.com`,
      name: `Customer ${id}`,
      city: pick(random, cities),
      createdAt: pastTime(random()),
    })),
    categories: numbered(size.categories, (id) => ({ id, slug: `category-${id}`, name: `Category ${id}` })),
    products,
    productCategories: products.flatMap(({ id: productId }) =>
      distinct(between(random, 1, 3), () => between(random, 1, size.categories)).map((categoryId) => ({
        categoryId,
        productId,
      })),
    ),
    orders,
    orderLines,
    reviews: reviewRows(random, size),
  }
}

function product(random: Random, id: number): ProductRow {
  const name = `${pick(random, adjectives)} ${pick(random, nouns)}`
  return {
    id,
    slug: `${name.toLowerCase().replace(' ', '-')}-${id}`,
    name: `${name} ${id}`,
    description: `${name}, made to last, of the best that was to be had.`,
    price: between(random, 400, 24_900),
    stock: between(random, 20, 400),
    createdAt: pastTime(random()),
  }
}

function orderRows(random: Random, size: ShopSize, products: readonly ProductRow[]) {
  const popular = zipf(size.products, 0.99)
  const orderLines: OrderLineRow[] = []
  const orders = numbered(size.orders, (id): OrderRow => {
    let total = 0
    for (const productId of distinct(between(random, 1, 3), () => popular(random))) {
      const unitPrice = products[productId - 1]!.price
      const quantity = between(random, 1, 3)
      total += unitPrice * quantity
      orderLines.push({ quantity, unitPrice, orderId: id, productId })
    }
    const customerId = between(random, 1, size.customers)
    return { id, status: 'SHIPPED', total, placedAt: pastTime((id - 1) / size.orders), customerId }
  })
  return { orders, orderLines }
}

function reviewRows(random: Random, size: ShopSize): ReviewRow[] {
  const popular = zipf(size.products, 0.99)
  const rows = new Map<string, ReviewRow>()
  while (rows.size < size.reviews) {
    const productId = popular(random)
    const customerId = between(random, 1, size.customers)
    const key = `${productId}:${customerId}`
    if (rows.has(key)) continue
    rows.set(key, {
      rating: between(random, 1, 5),
      text: 'Would buy it again.',
      writtenAt: pastTime(rows.size / size.reviews),
      productId,
      customerId,
    })
  }
  return [...rows.values()]
}

/** `count` different numbers. */
export function distinct(count: number, draw: () => number): number[] {
  const drawn = new Set<number>()
  while (drawn.size < count) drawn.add(draw())
  return [...drawn]
}

/** In the year before the opening day: 0 is its start, 1 its end. */
const pastTime = (share: number): number => openingDay - Math.round((1 - share) * 365 * dayMs)
