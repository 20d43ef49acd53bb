import type { Action } from './action.js'

const changePrice: Action = {
  weight: 8,
  plan(dice) {
    const id = dice.productId()
    const price = `${dice.between(4, 249)}.95`
    return (visitor) => visitor.change('price change', (shop) => shop.changePrice(id, price))
  },
}

const restock: Action = {
  weight: 6,
  plan(dice) {
    const below = dice.between(5, 20)
    return (visitor) => visitor.change('restock (raw SQL)', (shop) => shop.restock(below))
  },
}

const recategorise: Action = {
  weight: 6,
  plan(dice) {
    const id = dice.productId()
    const categoryId = dice.categoryId()
    const how = (['connect', 'disconnect', 'set'] as const)[dice.between(0, 2)] ?? 'set'
    return (visitor) => visitor.change(`category ${how}`, (shop) => shop.recategorise(how, id, categoryId))
  },
}

const shipOrders: Action = {
  weight: 4,
  plan(dice) {
    const placedBefore = dice.now()
    const id = dice.productId()
    return (visitor) =>
      visitor.change('ship orders (batch)', (shop) =>
        shop.shipOrders(placedBefore, id, 'Now delivered within a day.'),
      )
  },
}

const eraseCustomer: Action = {
  weight: 3,
  plan(dice) {
    const id = dice.dormantCustomerId()
    return async (visitor) => {
      // Orders, their lines and reviews go with the customer: pages that showed such a review must change.
      if (id !== undefined) await visitor.change('customer erased', (shop) => shop.eraseCustomer(id))
    }
  },
}

/** What the people who run the shop do. */
export const staffWork: readonly Action[] = [changePrice, restock, recategorise, shipOrders, eraseCustomer]
