import { OutOfStock, type Cart, type Shop } from '@freshet-example/storefront'
import { Prisma } from '../generated/prisma/client.js'
import type { ShopClient, ShopTransaction } from '../shop-client.js'

/** Buying, and thinking better of it. */
export const checkout = (prisma: ShopClient): Pick<Shop, 'buy' | 'cancelOrder'> => ({
  buy: (cart) => buy(prisma, cart),

  // The lines go with the order, because the database cascades.
  cancelOrder: (id) => prisma.order.deleteMany({ where: { id } }),
})

async function buy(prisma: ShopClient, cart: Cart): Promise<void> {
  try {
    await prisma.$transaction(async (tx) => {
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
