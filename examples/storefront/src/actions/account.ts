import type { Action, Page } from './action.js'

const orderHistory: Page = {
  weight: 10,
  questions: 1,
  plan(dice) {
    const customerId = dice.customerId()
    return (visitor) => visitor.ask('account: orders', (shop) => shop.latestOrders(customerId))
  },
}

const profilePage: Page = {
  weight: 5,
  questions: 2,
  plan(dice) {
    const id = dice.customerId()
    return async (visitor) => {
      await visitor.ask('account: profile', (shop) => shop.profile(id))
      await visitor.ask('account: reviews', (shop) => shop.reviewsBy(id))
    }
  },
}

const moveHouse: Action = {
  weight: 15,
  plan(dice) {
    const id = dice.customerId()
    const city = `District ${dice.between(1, 23)}`
    return (visitor) => visitor.change('profile update', (shop) => shop.moveHouse(id, city))
  },
}

const writeReview: Action = {
  weight: 15,
  plan(dice) {
    const [productId, customerId] = [dice.productId(), dice.customerId()]
    const [rating, writtenAt] = [dice.between(1, 5), dice.now()]
    const text = `${rating} out of 5 from me.`
    // The step is taken again in the next pass, which must not find what an ORM has written into it.
    const opinion = Object.freeze({ productId, customerId, rating, text, writtenAt })
    return (visitor) => visitor.change('review upsert', (shop) => shop.review(opinion))
  },
}

/** The pages of a customer's own account. */
export const accountPages: readonly Page[] = [orderHistory, profilePage]

/** What customers change besides buying. */
export const accountChanges: readonly Action[] = [moveHouse, writeReview]
