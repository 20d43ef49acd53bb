import { Prisma } from '../generated/prisma/client.js'
import type { Shop, ShopTransaction } from '../shop-client.js'
import type { Action } from './action.js'

interface CartLine {
  readonly productId: number
  readonly quantity: number
}

interface Cart {
  readonly customerId: number
  readonly lines: readonly CartLine[]
  readonly placedAt: Date
}

class OutOfStock extends Error {}

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
    return (visitor) => visitor.change('checkout', (shop) => buy(shop, cart))
  },
}

/** Places the order and takes its goods from the shelves, or, if any of them has run out, leaves all as it was. */
async function buy(shop: Shop, cart: Cart): Promise<void> {
  try {
    await shop.$transaction(async (tx) => {
      for (const { productId, quantity } of cart.lines) await takeFromStock(tx, productId, quantity)
      await placeOrder(tx, cart)
    })
  } catch (error) {
    if (!(error instanceof OutOfStock)) throw error
  }
}

async function takeFromStock(tx: ShopTransaction, productId: number, quantity: number): Promise<void> {
  const { count } = await tx.product.updateMany({
    where: { id: productId, stock: { gte: quantity } },
    data: { stock: { decrement: quantity } },
  })
  if (count === 0) throw new OutOfStock(`Product ${productId} has fewer than ${quantity} left.`)
}

async function placeOrder(tx: ShopTransaction, { customerId, lines, placedAt }: Cart): Promise<void> {
  const products = await tx.product.findMany({ where: { id: { in: lines.map((line) => line.productId) } } })
  const prices = new Map(products.map((product) => [product.id, product.price]))
  const priced = lines.map((line) => ({
    ...line,
    unitPrice: prices.get(line.productId) ?? new Prisma.Decimal(0),
  }))
  const total = priced.reduce(
    (sum, line) => sum.add(line.unitPrice.mul(line.quantity)),
    new Prisma.Decimal(0),
  )
  await tx.order.create({ data: { customerId, placedAt, total, lines: { create: priced } } })
}

const cancelOrder: Action = {
  weight: 6,
  plan(dice) {
    const id = dice.freshOrderId()
    return async (visitor) => {
      // The lines go with the order, because the database cascades. The order may have gone with its customer already.
      if (id !== undefined) {
        await visitor.change('order cancelled', (shop) => shop.order.deleteMany({ where: { id } }))
      }
    }
  },
}

/** Buying, and thinking better of it. */
export const buying: readonly Action[] = [checkout, cancelOrder]
