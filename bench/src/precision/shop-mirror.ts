import { groupBy } from './group-by.js'
import type { CustomerRow, OrderLineRow, OrderRow, ProductRow, ReviewRow, ShopRows } from './shop-rows.js'
import { dayBefore } from './shop-rows.js'

export interface Opinion {
  readonly productId: number
  readonly customerId: number
  readonly rating: number
  readonly text: string
  readonly writtenAt: number
}

export interface Cart {
  readonly customerId: number
  readonly lines: readonly { readonly productId: number; readonly quantity: number }[]
  readonly placedAt: number
}

interface Order {
  readonly row: OrderRow
  readonly lines: readonly OrderLineRow[]
  isGone: boolean
}

interface Review {
  readonly row: ReviewRow
  isGone: boolean
}

/** Of one product. Reviews are in the order in which they were written. */
interface Shelf {
  readonly row: ProductRow
  readonly categories: Set<number>
  reviews: Review[]
  reviewCount: number
  ratings: number
}

/** Of one customer. Orders and reviews are in the order of their times. */
interface Account {
  readonly row: CustomerRow
  readonly orders: Order[]
  readonly reviews: Review[]
  orderCount: number
  reviewCount: number
}

const newestCount = 8
const topics = {
  product: (id: number) => `product ${id}`,
  category: (id: number) => `category ${id}`,
  customer: (id: number) => `customer ${id}`,
  word: (word: string) => `word ${word}`,
  newest: 'newest',
  sold: 'sold',
}

const firstWord = (name: string): string => name.slice(0, name.indexOf(' '))
const byPrice = (a: ProductRow, b: ProductRow) => a.price - b.price || a.id - b.id
const byText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)

/**
 * The shop's data in memory, which tells what each query would answer, and of each write which topics it concerns.
 * Its writes are to be made after the database's, one by one.
 */
export class ShopMirror {
  readonly topics = topics
  readonly #shelves: Shelf[]
  readonly #accounts: Account[]
  readonly #inCategory: Set<number>[]
  readonly #categories: ShopRows['categories']
  readonly #orders = new Map<number, Order>()
  readonly #paid = new Set<Order>()
  readonly #newest: readonly ProductRow[]
  readonly #byWord: Map<string, ProductRow[]>
  /** Pieces of each product that were ordered since the day before. */
  readonly #sold = new Map<number, number>()
  /** Products of a category; forgotten when one comes, leaves or has another price. */
  readonly #byPrice = new Map<number, readonly ProductRow[]>()
  #changed = new Set<string>()

  constructor(rows: ShopRows) {
    this.#categories = rows.categories
    this.#shelves = rows.products.map((row) => ({
      row: { ...row },
      categories: new Set(),
      reviews: [],
      reviewCount: 0,
      ratings: 0,
    }))
    this.#accounts = rows.customers.map((row) => ({
      row: { ...row },
      orders: [],
      reviews: [],
      orderCount: 0,
      reviewCount: 0,
    }))
    this.#inCategory = rows.categories.map(() => new Set())
    for (const { productId, categoryId } of rows.productCategories) this.#connect(productId, categoryId)
    const linesOf = groupBy(rows.orderLines, ({ orderId }) => orderId)
    for (const row of rows.orders) this.#addOrder({ ...row }, linesOf.get(row.id) ?? [])
    for (const row of rows.reviews) this.#addReview(row)
    this.#newest = this.#shelves
      .map(({ row }) => row)
      .toSorted((a, b) => b.createdAt - a.createdAt || b.id - a.id)
      .slice(0, newestCount)
    this.#byWord = groupBy(
      this.#shelves.map(({ row }) => row),
      ({ name }) => firstWord(name),
    )
    for (const named of this.#byWord.values()) named.sort((a, b) => byText(a.name, b.name))
  }

  // What the queries answer.

  product = (id: number): ProductRow => this.#shelf(id).row
  customer = (id: number): CustomerRow => this.#account(id).row
  orderCount = (customerId: number): number => this.#account(customerId).orderCount
  reviewCount = (customerId: number): number => this.#account(customerId).reviewCount
  category = (id: number): ShopRows['categories'][number] => this.#categories[id - 1]!
  productCount = (categoryId: number): number => this.#inCategory[categoryId - 1]!.size
  newest = (): readonly ProductRow[] => this.#newest
  products = (ids: readonly number[]): readonly ProductRow[] => ids.map(this.product)

  categoriesOf(productId: number): ShopRows['categories'] {
    return [...this.#shelf(productId).categories]
      .map((id) => this.#categories[id - 1]!)
      .sort((a, b) => byText(a.name, b.name))
  }

  /** The newest first, with who wrote them. */
  newestReviews(productId: number, count: number) {
    return latest(this.#shelf(productId).reviews, count).map(({ row }) => {
      const { name, city } = this.customer(row.customerId)
      return { ...row, customer: { name, city } }
    })
  }

  rating(productId: number) {
    const { reviewCount: count, ratings } = this.#shelf(productId)
    return { average: count === 0 ? null : Number((ratings / count).toFixed(4)), count }
  }

  page(categoryId: number, skip: number, take: number): readonly ProductRow[] {
    let sorted = this.#byPrice.get(categoryId)
    if (sorted === undefined) {
      sorted = [...this.#inCategory[categoryId - 1]!].map(this.product).sort(byPrice)
      this.#byPrice.set(categoryId, sorted)
    }
    return sorted.slice(skip, skip + take)
  }

  inStock(categoryId: number): number {
    let count = 0
    for (const id of this.#inCategory[categoryId - 1]!) if (this.product(id).stock > 0) count++
    return count
  }

  search = (word: string, take: number): readonly ProductRow[] =>
    (this.#byWord.get(word) ?? []).slice(0, take)

  /** The latest first, with lines and what they are called. */
  latestOrders(customerId: number, count: number) {
    return latest(this.#account(customerId).orders, count).map(({ row, lines }) => ({
      ...row,
      lines: lines
        .toSorted((a, b) => a.productId - b.productId)
        .map((line) => {
          const { name, slug } = this.product(line.productId)
          return { ...line, product: { name, slug } }
        }),
    }))
  }

  reviewsBy(customerId: number): readonly ReviewRow[] {
    return this.#account(customerId)
      .reviews.filter(({ isGone }) => !isGone)
      .map(({ row }) => row)
  }

  bestsellers(count: number): readonly { readonly productId: number; readonly quantity: number }[] {
    const top: { productId: number; quantity: number }[] = []
    for (const [productId, quantity] of this.#sold) {
      if (top.length === count && quantity < top.at(-1)!.quantity) continue
      top.push({ productId, quantity })
      top.sort((a, b) => b.quantity - a.quantity || a.productId - b.productId)
      if (top.length > count) top.pop()
    }
    return top
  }

  // What the changes change.

  /** Gives the topics of all that `change` changes. */
  changing(change: () => void): ReadonlySet<string> {
    this.#changed = new Set()
    change()
    return this.#changed
  }

  /** Whether there is enough of everything. */
  canBuy = ({ lines }: Cart): boolean =>
    lines.every(({ productId, quantity }) => this.product(productId).stock >= quantity)

  buy({ customerId, lines, placedAt }: Cart, orderId: number): void {
    const orderLines = lines.map(({ productId, quantity }) => ({
      productId,
      quantity,
      orderId,
      unitPrice: this.product(productId).price,
    }))
    for (const { productId, quantity } of lines) {
      this.product(productId).stock -= quantity
      this.#productChanged(productId)
    }
    const total = orderLines.reduce((sum, { unitPrice, quantity }) => sum + unitPrice * quantity, 0)
    this.#addOrder({ id: orderId, status: 'PAID', total, placedAt, customerId }, orderLines)
  }

  cancelOrder(id: number): void {
    const order = this.#orders.get(id)
    if (order !== undefined) this.#removeOrder(order)
  }

  moveHouse(customerId: number, city: string): void {
    this.customer(customerId).city = city
    this.#changed.add(topics.customer(customerId))
  }

  review(opinion: Opinion): void {
    const { productId, customerId } = opinion
    const old = this.#account(customerId).reviews.find(
      ({ row, isGone }) => !isGone && row.productId === productId,
    )
    if (old !== undefined) this.#removeReview(old)
    this.#addReview(opinion)
  }

  changePrice(productId: number, price: number): void {
    this.product(productId).price = price
    for (const category of this.#shelf(productId).categories) this.#byPrice.delete(category)
    this.#productChanged(productId)
  }

  restock(below: number): void {
    for (const { row } of this.#shelves) {
      if (row.stock >= below) continue
      row.stock += 100
      this.#productChanged(row.id)
    }
  }

  recategorise(how: 'connect' | 'disconnect' | 'set', productId: number, categoryId: number): void {
    const shelf = this.#shelf(productId)
    if (how === 'disconnect') this.#disconnect(productId, categoryId)
    if (how === 'set')
      for (const other of shelf.categories) if (other !== categoryId) this.#disconnect(productId, other)
    if (how !== 'disconnect') this.#connect(productId, categoryId)
  }

  shipOrders(placedBefore: number, productId: number, description: string): void {
    for (const order of this.#paid) {
      if (order.row.placedAt >= placedBefore) continue
      order.row.status = 'SHIPPED'
      this.#paid.delete(order)
      this.#changed.add(topics.customer(order.row.customerId))
    }
    this.product(productId).description = description
    this.#productChanged(productId)
  }

  eraseCustomer(id: number): void {
    const { orders, reviews } = this.#account(id)
    for (const order of orders) if (!order.isGone) this.#removeOrder(order)
    for (const review of reviews) if (!review.isGone) this.#removeReview(review)
    this.#changed.add(topics.customer(id))
  }

  #shelf = (id: number): Shelf => this.#shelves[id - 1]!
  #account = (id: number): Account => this.#accounts[id - 1]!

  #productChanged(id: number): void {
    const { row, categories } = this.#shelf(id)
    this.#changed.add(topics.product(id))
    this.#changed.add(topics.word(firstWord(row.name)))
    for (const category of categories) this.#changed.add(topics.category(category))
    if (this.#newest.includes(row)) this.#changed.add(topics.newest)
  }

  #connect(productId: number, categoryId: number): void {
    this.#shelf(productId).categories.add(categoryId)
    this.#inCategory[categoryId - 1]!.add(productId)
    this.#byPrice.delete(categoryId)
    this.#changed.add(topics.product(productId)).add(topics.category(categoryId))
  }

  #disconnect(productId: number, categoryId: number): void {
    this.#shelf(productId).categories.delete(categoryId)
    this.#inCategory[categoryId - 1]!.delete(productId)
    this.#byPrice.delete(categoryId)
    this.#changed.add(topics.product(productId)).add(topics.category(categoryId))
  }

  #addOrder(row: OrderRow, lines: readonly OrderLineRow[]): void {
    const order = { row, lines, isGone: false }
    const account = this.#account(row.customerId)
    account.orders.push(order)
    account.orderCount++
    this.#orders.set(row.id, order)
    if (row.status === 'PAID') this.#paid.add(order)
    this.#count(order, 1)
  }

  #removeOrder(order: Order): void {
    order.isGone = true
    this.#account(order.row.customerId).orderCount--
    this.#orders.delete(order.row.id)
    this.#paid.delete(order)
    this.#count(order, -1)
  }

  #count({ row, lines }: Order, sign: 1 | -1): void {
    this.#changed.add(topics.customer(row.customerId))
    if (row.placedAt < dayBefore) return
    this.#changed.add(topics.sold)
    for (const { productId, quantity } of lines) {
      const sold = (this.#sold.get(productId) ?? 0) + sign * quantity
      if (sold === 0) this.#sold.delete(productId)
      else this.#sold.set(productId, sold)
    }
  }

  #addReview(row: ReviewRow): void {
    const review = { row, isGone: false }
    const shelf = this.#shelf(row.productId)
    const account = this.#account(row.customerId)
    shelf.reviews.push(review)
    shelf.reviewCount++
    shelf.ratings += row.rating
    account.reviews.push(review)
    account.reviewCount++
    this.#changed.add(topics.product(row.productId)).add(topics.customer(row.customerId))
  }

  #removeReview(review: Review): void {
    review.isGone = true
    const { row } = review
    const shelf = this.#shelf(row.productId)
    shelf.reviewCount--
    shelf.ratings -= row.rating
    this.#account(row.customerId).reviewCount--
    this.#changed.add(topics.product(row.productId)).add(topics.customer(row.customerId))
  }
}

/** The last ones that are still there, the last one first. */
function latest<T extends { readonly isGone: boolean }>(list: readonly T[], count: number): T[] {
  const found: T[] = []
  for (let at = list.length - 1; at >= 0 && found.length < count; at--) {
    if (!list[at]!.isGone) found.push(list[at]!)
  }
  return found
}
