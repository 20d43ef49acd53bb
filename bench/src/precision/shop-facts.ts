import type { Fact, Kind } from './question.js'
import type { ShopMirror } from './shop-mirror.js'

export const pageSize = 20

/** What the mirror knows of each query of the shop. Queries are told apart by name and values. */
export function shopFacts(mirror: ShopMirror) {
  const { topics } = mirror
  const fact = (key: string, kind: Kind, answer: () => unknown, topicsOf: () => readonly string[]): Fact => ({
    key,
    kind,
    answer,
    topics: topicsOf,
  })
  const reviewers = (productId: number) =>
    mirror.newestReviews(productId, 10).map(({ customerId }) => topics.customer(customerId))
  return {
    productPage: (id: number) =>
      fact(
        `productPage ${id}`,
        'by key, with relations',
        () => ({
          ...mirror.product(id),
          categories: mirror.categoriesOf(id),
          reviews: mirror.newestReviews(id, 10),
        }),
        () => [topics.product(id), ...reviewers(id)],
      ),
    product: (id: number) =>
      fact(
        `product ${id}`,
        'by key, with relations',
        () => ({ ...mirror.product(id), categories: mirror.categoriesOf(id) }),
        () => [topics.product(id)],
      ),
    newestReviews: (id: number) =>
      fact(
        `newestReviews ${id}`,
        'list of a parent, with relations',
        () =>
          mirror
            .newestReviews(id, 10)
            .map(({ rating, text, writtenAt, customer }) => ({ rating, text, writtenAt, customer })),
        () => [topics.product(id), ...reviewers(id)],
      ),
    rating: (id: number) =>
      fact(
        `rating ${id}`,
        'aggregate of a parent',
        () => mirror.rating(id),
        () => [topics.product(id)],
      ),
    category: (id: number) =>
      fact(
        `category ${id}`,
        'by unique text',
        () => mirror.category(id),
        () => [],
      ),
    productCount: (id: number) =>
      fact(
        `productCount ${id}`,
        'count by a relation',
        () => mirror.productCount(id),
        () => [topics.category(id)],
      ),
    categoryPage: (id: number, page: number) =>
      fact(
        `categoryPage ${id} ${page}`,
        'list by a relation, in pages',
        () => mirror.page(id, page * pageSize, pageSize),
        () => [topics.category(id)],
      ),
    inStock: (id: number) =>
      fact(
        `inStock ${id}`,
        'count by a relation',
        () => mirror.inStock(id),
        () => [topics.category(id)],
      ),
    search: (word: string) =>
      fact(
        `search ${word}`,
        'list by a text',
        () => mirror.search(word, pageSize),
        () => [topics.word(word)],
      ),
    bestsellers: () =>
      fact(
        'bestsellers',
        'group by',
        () => mirror.bestsellers(8),
        () => [topics.sold],
      ),
    products: (ids: readonly number[]) =>
      fact(
        `products ${ids.join(' ')}`,
        'keys',
        () => mirror.products(ids),
        () => ids.map(topics.product),
      ),
    newest: () =>
      fact(
        'newest',
        'newest',
        () => mirror.newest(),
        () => [topics.newest],
      ),
    latestOrders: (id: number) =>
      fact(
        `latestOrders ${id}`,
        'list of a parent, with relations',
        () => mirror.latestOrders(id, 10),
        () => [topics.customer(id)],
      ),
    profile: (id: number) =>
      fact(
        `profile ${id}`,
        'by key, with counts',
        () => ({
          ...mirror.customer(id),
          _count: { orders: mirror.orderCount(id), reviews: mirror.reviewCount(id) },
        }),
        () => [topics.customer(id)],
      ),
    customer: (id: number) =>
      fact(
        `customer ${id}`,
        'by key',
        () => mirror.customer(id),
        () => [topics.customer(id)],
      ),
    orderCount: (id: number) =>
      fact(
        `orderCount ${id}`,
        'count of a parent',
        () => mirror.orderCount(id),
        () => [topics.customer(id)],
      ),
    reviewCount: (id: number) =>
      fact(
        `reviewCount ${id}`,
        'count of a parent',
        () => mirror.reviewCount(id),
        () => [topics.customer(id)],
      ),
    reviewsBy: (id: number) =>
      fact(
        `reviewsBy ${id}`,
        'list of a parent',
        () => mirror.reviewsBy(id),
        () => [topics.customer(id)],
      ),
    customerWithReviews: (id: number) =>
      fact(
        `customerWithReviews ${id}`,
        'by key, with relations',
        () => ({ ...mirror.customer(id), reviews: mirror.reviewsBy(id) }),
        () => [topics.customer(id)],
      ),
  }
}

export type ShopFacts = ReturnType<typeof shopFacts>
/** How an ORM asks what the shop's pages need; each is one query. A page takes whatever is there. */
export type ShopAsks = {
  readonly [Name in keyof ShopFacts]?: (...values: Parameters<ShopFacts[Name]>) => PromiseLike<unknown>
}
