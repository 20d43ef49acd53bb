import type { Cart } from '../shop.js'
import type { Action } from './action.js'

const checkout: Action = {
  weight: 40,
  plan(dice) {
    const cart: Cart = {
      customerId: dice.customerId(),
      lines: dice
        .productIds(dice.between(1, 4))
        .map((productId) => ({ productId, quantity: dice.between(1, 3) })),
      placedAt: dice.now(),
    }
    return (visitor) => visitor.change('checkout', (shop) => shop.buy(cart))
  },
}

const cancelOrder: Action = {
  weight: 6,
  plan(dice) {
    const id = dice.freshOrderId()
    return async (visitor) => {
      // The order may have gone with its customer already.
      if (id !== undefined) await visitor.change('order cancelled', (shop) => shop.cancelOrder(id))
    }
  },
}

/** Buying, and thinking better of it. */
export const buying: readonly Action[] = [checkout, cancelOrder]
