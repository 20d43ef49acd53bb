/** One line of a shopping cart. */
export interface CartLine {
  readonly productId: number
  readonly quantity: number
}

/** What somebody buys, who it is, and when. */
export interface Cart {
  readonly customerId: number
  readonly lines: readonly CartLine[]
  readonly placedAt: Date
}

/** What a customer thinks of a product; there is one review of each by each. */
export interface Opinion {
  readonly productId: number
  readonly customerId: number
  readonly rating: number
  readonly text: string
  readonly writtenAt: Date
}

/** Goods have run out. A checkout that meets it leaves all as it was, and does not fail. */
export class OutOfStock extends Error {}

/**
 * Everything that is asked of the shop and done in it. Each example writes it with its own ORM; who calls it and when
 * is the same for all. A method that reads does nothing else, and answers alike until something is written.
 */
export interface Shop {
  /** The 8 products of which most were ordered since then. */
  bestsellers(since: Date): PromiseLike<readonly { readonly productId: number }[]>
  products(ids: readonly number[]): PromiseLike<unknown>
  /** The 8 newest ones. */
  newProducts(): PromiseLike<unknown>
  /** With its categories, and its 10 newest reviews and who wrote them. */
  productPage(productId: number): PromiseLike<unknown>
  /** The average, and of how many. */
  productRating(productId: number): PromiseLike<unknown>
  /** With how many products are in it. */
  category(slug: string): PromiseLike<unknown>
  /** The cheapest first. */
  categoryProducts(slug: string, skip: number, take: number): PromiseLike<unknown>
  /** How many products of the category there are to buy. */
  categoryStock(slug: string): PromiseLike<unknown>
  /** Products with the term in their name, or in that of one of their categories. */
  search(term: string, take: number): PromiseLike<unknown>
  /** The 10 latest, with their lines and the products' names. */
  latestOrders(customerId: number): PromiseLike<unknown>
  /** With the numbers of orders and reviews. */
  profile(customerId: number): PromiseLike<unknown>
  reviewsBy(customerId: number): PromiseLike<unknown>

  /** Places the order and takes its goods from the shelves, or, if any of them has run out, leaves all as it was. */
  buy(cart: Cart): PromiseLike<unknown>
  /** Its lines go with it. It may be gone already. */
  cancelOrder(id: number): PromiseLike<unknown>
  moveHouse(customerId: number, city: string): PromiseLike<unknown>
  /** Writes the review, or another one in place of what the customer wrote before. */
  review(opinion: Opinion): PromiseLike<unknown>
  changePrice(productId: number, price: string): PromiseLike<unknown>
  /** A hundred more of everything of which there are fewer than that; in raw SQL. */
  restock(below: number): PromiseLike<unknown>
  /** Puts a product into a category, takes it out, or makes it the only one. Either may be so already. */
  recategorise(
    how: 'connect' | 'disconnect' | 'set',
    productId: number,
    categoryId: number,
  ): PromiseLike<unknown>
  /** Ships what was paid before, and changes this product's description, both or neither. */
  shipOrders(placedBefore: Date, productId: number, description: string): PromiseLike<unknown>
  /** Orders, their lines and reviews go with the customer. */
  eraseCustomer(id: number): PromiseLike<unknown>
}
