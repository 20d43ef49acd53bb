import type { Change, Question, Step } from './question.js'
import { between, createRandom, pick, type Random, weighted, zipf } from './random.js'
import type { ShopAsks, ShopFacts } from './shop-facts.js'
import { shopFacts } from './shop-facts.js'
import type { Cart, Opinion, ShopMirror } from './shop-mirror.js'
import type { ShopSize } from './shop-rows.js'
import { adjectives, distinct, openingDay } from './shop-rows.js'

/** How an ORM writes. */
export interface ShopWrites {
  /** The number of the new order; `undefined` if something has run out, and all is as it was. */
  buy(cart: Cart): Promise<number | undefined>
  cancelOrder(id: number): PromiseLike<unknown>
  moveHouse(customerId: number, city: string): PromiseLike<unknown>
  review(opinion: Opinion): PromiseLike<unknown>
  changePrice(productId: number, price: number): PromiseLike<unknown>
  restock(below: number): PromiseLike<unknown>
  recategorise(
    how: 'connect' | 'disconnect' | 'set',
    productId: number,
    categoryId: number,
  ): PromiseLike<unknown>
  shipOrders(placedBefore: number, productId: number, description: string): PromiseLike<unknown>
  eraseCustomer(id: number): PromiseLike<unknown>
}

export interface ShopClient {
  readonly asks: ShopAsks
  readonly writes: ShopWrites
}

/** What outlives one run of visits: the data, and what must not be drawn twice. */
export interface ShopState {
  readonly mirror: ShopMirror
  readonly size: ShopSize
  /** Seconds since the opening. */
  seconds: number
  nextCancelled: number
  nextErased: number
  /** Values that are written never repeat from run to run, or the oracle would see that nothing changes. */
  runs: number
}

export const createShopState = (mirror: ShopMirror, size: ShopSize): ShopState => ({
  mirror,
  size,
  seconds: 0,
  nextCancelled: size.orders,
  nextErased: size.customers,
  runs: 0,
})

const exponent = 0.99
/** The last tenth of the customers only ever leave, so that no step fails for a missing one. */
const activeShare = 0.9

/** The storefront's visitors, in its mix; endless. The same seed draws the same products, customers and kinds. */
export function* shopVisits(
  state: ShopState,
  client: ShopClient,
  options: {
    readonly seed: number
    readonly writeShare: number
    /** Leaves out the changes of which the statement does not say which rows it touches. */
    readonly namesRows: boolean
  },
): Generator<Step> {
  state.runs++
  const random = createRandom(options.seed)
  const pages = pagesOf(state, client.asks, random)
  const changes = changesOf(state, client.writes, random).filter(
    ({ isFree }) => isFree !== true || !options.namesRows,
  )
  const drawPage = weighted(pages.map(({ weight }) => weight))
  const drawChange = weighted(changes.map(({ weight }) => weight))
  const questionsPerPage =
    pages.reduce((sum, { weight, questions }) => sum + weight * questions, 0) /
    pages.reduce((sum, { weight }) => sum + weight, 0)
  const { writeShare } = options
  // A page asks several questions, a change is one call.
  const changeShare = (writeShare * questionsPerPage) / (1 - writeShare + writeShare * questionsPerPage)
  while (true) {
    if (random() < changeShare) {
      const change = changes[drawChange(random)]!.draw()
      if (change !== undefined) yield { change }
    } else yield { questions: pages[drawPage(random)]!.draw() }
  }
}

interface Page {
  readonly weight: number
  readonly questions: number
  draw(): readonly Question[]
}

function pagesOf(state: ShopState, asks: ShopAsks, random: Random): readonly Page[] {
  const facts = shopFacts(state.mirror)
  const { size, mirror } = state
  const popularProduct = zipf(size.products, exponent)
  const popularCategory = zipf(size.categories, exponent)
  const frequentCustomer = zipf(Math.floor(size.customers * activeShare), exponent)
  const frequentWord = zipf(adjectives.length, exponent)

  function ask<Name extends keyof ShopFacts>(
    name: Name,
    ...values: Parameters<ShopFacts[Name]>
  ): readonly Question[] {
    const send = asks[name]
    if (send === undefined) return []
    const factOf = facts[name] as (...values: Parameters<ShopFacts[Name]>) => Question['fact']
    return [{ fact: factOf(...values), ask: () => send(...values) }]
  }

  const page = (weight: number, draw: () => readonly Question[]): Page => ({
    weight,
    questions: draw().length,
    draw,
  })
  return [
    page(3, () => [
      ...ask('bestsellers'),
      ...ask(
        'products',
        mirror.bestsellers(8).map(({ productId }) => productId),
      ),
      ...ask('newest'),
    ]),
    page(45, () => {
      const id = popularProduct(random)
      return [
        ...ask('productPage', id),
        ...ask('product', id),
        ...ask('newestReviews', id),
        ...ask('rating', id),
      ]
    }),
    page(22, () => {
      const id = popularCategory(random)
      const number = random() < 0.7 ? 0 : between(random, 1, 2)
      return [
        ...ask('category', id),
        ...ask('productCount', id),
        ...ask('categoryPage', id, number),
        ...ask('inStock', id),
      ]
    }),
    page(12, () => ask('search', adjectives[frequentWord(random) - 1]!)),
    page(10, () => ask('latestOrders', frequentCustomer(random))),
    page(5, () => {
      const id = frequentCustomer(random)
      return [
        ...ask('profile', id),
        ...ask('customer', id),
        ...ask('orderCount', id),
        ...ask('reviewCount', id),
        ...ask('reviewsBy', id),
        ...ask('customerWithReviews', id),
      ]
    }),
  ]
}

interface DrawnChange {
  readonly weight: number
  /** Whether it touches rows by a free predicate or a cascade. */
  readonly isFree?: true
  /** `undefined`: there is nothing left to do it with. */
  draw(): Change | undefined
}

function changesOf(state: ShopState, writes: ShopWrites, random: Random): readonly DrawnChange[] {
  const { mirror, size } = state
  const popularProduct = zipf(size.products, exponent)
  const popularCategory = zipf(size.categories, exponent)
  const frequentCustomer = zipf(Math.floor(size.customers * activeShare), exponent)
  const now = () => openingDay + ++state.seconds * 1000
  // What is written is drawn apart, so that the sequence of what is asked and changed is the same in every run.
  const values = createRandom(state.runs * 7919)
  const change = (name: string, write: () => PromiseLike<unknown>, mirrored: () => void): Change => ({
    name,
    write,
    mirror: () => mirror.changing(mirrored),
  })
  return [
    {
      weight: 40,
      draw() {
        const customerId = frequentCustomer(random)
        const lines = distinct(between(random, 1, 4), () => popularProduct(random)).map((productId) => ({
          productId,
          quantity: between(random, 1, 3),
        }))
        return buying(state, writes, { customerId, lines, placedAt: now() })
      },
    },
    {
      weight: 6,
      isFree: true,
      draw() {
        if (state.nextCancelled === 0) return undefined
        const id = state.nextCancelled--
        return change(
          'order cancelled (cascades)',
          () => writes.cancelOrder(id),
          () => mirror.cancelOrder(id),
        )
      },
    },
    {
      weight: 15,
      draw() {
        const [id, city] = [frequentCustomer(random), `District ${between(values, 1, 9999)}`]
        return change(
          'moved house',
          () => writes.moveHouse(id, city),
          () => mirror.moveHouse(id, city),
        )
      },
    },
    {
      weight: 15,
      draw() {
        const [productId, customerId] = [popularProduct(random), frequentCustomer(random)]
        const rating = between(values, 1, 5)
        const opinion = { productId, customerId, rating, text: `${rating} of 5.`, writtenAt: now() }
        return change(
          'review upsert',
          () => writes.review(opinion),
          () => mirror.review(opinion),
        )
      },
    },
    {
      weight: 8,
      draw() {
        const [id, price] = [popularProduct(random), between(values, 400, 24_900)]
        return change(
          'price change',
          () => writes.changePrice(id, price),
          () => mirror.changePrice(id, price),
        )
      },
    },
    {
      weight: 6,
      isFree: true,
      draw() {
        const below = between(random, 5, 20)
        return change(
          'restock (free predicate)',
          () => writes.restock(below),
          () => mirror.restock(below),
        )
      },
    },
    {
      weight: 6,
      draw() {
        const [id, categoryId] = [popularProduct(random), popularCategory(random)]
        const how = pick(random, ['connect', 'disconnect', 'set'] as const)
        return change(
          `category ${how}`,
          () => writes.recategorise(how, id, categoryId),
          () => mirror.recategorise(how, id, categoryId),
        )
      },
    },
    {
      weight: 4,
      isFree: true,
      draw() {
        const [before, id, text] = [now(), popularProduct(random), `Delivered in a day. ${state.seconds}`]
        return change(
          'orders shipped (free predicate)',
          () => writes.shipOrders(before, id, text),
          () => mirror.shipOrders(before, id, text),
        )
      },
    },
    {
      weight: 3,
      isFree: true,
      draw() {
        if (state.nextErased <= size.customers * activeShare) return undefined
        const id = state.nextErased--
        return change(
          'customer erased (cascades)',
          () => writes.eraseCustomer(id),
          () => mirror.eraseCustomer(id),
        )
      },
    },
  ]
}

function buying({ mirror }: ShopState, writes: ShopWrites, cart: Cart): Change {
  let orderId: number | undefined
  return {
    name: 'checkout',
    async write() {
      const isExpected = mirror.canBuy(cart)
      orderId = await writes.buy(cart)
      if ((orderId !== undefined) === isExpected) return
      throw new Error(
        `The shop ${isExpected ? 'refused' : 'took'} an order, and the mirror says otherwise: ${JSON.stringify(cart)}`,
      )
    },
    mirror: () => mirror.changing(() => orderId !== undefined && mirror.buy(cart, orderId)),
  }
}
