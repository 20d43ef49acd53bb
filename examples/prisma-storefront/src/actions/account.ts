import type { Action, Page } from './action.js'

const orderHistory: Page = {
  weight: 10,
  questions: 1,
  plan(dice) {
    const customerId = dice.customerId()
    return (visitor) =>
      visitor.ask('account: orders', (shop) =>
        shop.order.findMany({
          where: { customerId },
          orderBy: [{ placedAt: 'desc' }, { id: 'desc' }],
          take: 10,
          include: {
            lines: { orderBy: { id: 'asc' }, include: { product: { select: { name: true, slug: true } } } },
          },
        }),
      )
  },
}

const profilePage: Page = {
  weight: 5,
  questions: 2,
  plan(dice) {
    const id = dice.customerId()
    return async (visitor) => {
      await visitor.ask('account: profile', (shop) =>
        shop.customer.findUnique({
          where: { id },
          include: { _count: { select: { orders: true, reviews: true } } },
        }),
      )
      await visitor.ask('account: reviews', (shop) =>
        shop.customer.findUnique({ where: { id } }).reviews({ orderBy: { id: 'asc' } }),
      )
    }
  },
}

const moveHouse: Action = {
  weight: 15,
  plan(dice) {
    const id = dice.customerId()
    const city = `District ${dice.between(1, 23)}`
    return (visitor) =>
      visitor.change('profile update', (shop) => shop.customer.update({ where: { id }, data: { city } }))
  },
}

const writeReview: Action = {
  weight: 15,
  plan(dice) {
    const [productId, customerId] = [dice.productId(), dice.customerId()]
    const [rating, writtenAt] = [dice.between(1, 5), dice.now()]
    const text = `${rating} out of 5 from me.`
    return (visitor) =>
      visitor.change('review upsert', (shop) =>
        shop.review.upsert({
          where: { productId_customerId: { productId, customerId } },
          create: { productId, customerId, rating, text, writtenAt },
          update: { rating, text, writtenAt },
        }),
      )
  },
}

/** The pages of a customer's own account. */
export const accountPages: readonly Page[] = [orderHistory, profilePage]

/** What customers change besides buying. */
export const accountChanges: readonly Action[] = [moveHouse, writeReview]
