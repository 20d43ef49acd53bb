import { OutOfStock, type Cart, type Shop } from '@freshet-example/storefront'
import { In, MoreThanOrEqual, type DataSource, type EntityManager } from 'typeorm'
import { Order, Product } from '../entities.js'
import type { OneAtATime } from '../one-at-a-time.js'
import type { Repositories } from '../repositories.js'

/** Buying, and thinking better of it. */
export const checkout = (
  dataSource: DataSource,
  { orders }: Repositories,
  oneAtATime: OneAtATime,
): Pick<Shop, 'buy' | 'cancelOrder'> => ({
  buy: (cart) => oneAtATime(() => buy(dataSource, cart)),

  cancelOrder: (id) =>
    oneAtATime(async () => {
      const order = await orders.findOneBy({ id })
      // The lines go with the order, because the database cascades.
      if (order) await orders.remove(order)
    }),
})

async function buy(dataSource: DataSource, cart: Cart): Promise<void> {
  try {
    await dataSource.transaction(async (manager) => {
      for (const { productId, quantity } of cart.lines) await takeFromStock(manager, productId, quantity)
      await placeOrder(manager, cart)
    })
  } catch (error) {
    if (!(error instanceof OutOfStock)) throw error
  }
}

async function takeFromStock(manager: EntityManager, productId: number, quantity: number): Promise<void> {
  const enough = { id: productId, stock: MoreThanOrEqual(quantity) }
  const { affected } = await manager.decrement(Product, enough, 'stock', quantity)
  if (affected === 0) throw new OutOfStock(`Product ${productId} has fewer than ${quantity} left.`)
}

async function placeOrder(manager: EntityManager, { customerId, lines, placedAt }: Cart): Promise<void> {
  const products = await manager.findBy(Product, { id: In(lines.map((line) => line.productId)) })
  const prices = new Map(products.map((product) => [product.id, product.price]))
  const priced = lines.map((line) => ({ ...line, unitPrice: prices.get(line.productId) ?? '0.00' }))
  const cents = priced.reduce((sum, line) => sum + inCents(line.unitPrice) * line.quantity, 0)
  const total = (cents / 100).toFixed(2)
  await manager.save(manager.create(Order, { customerId, placedAt, total, status: 'PAID', lines: priced }))
}

const inCents = (price: string): number => Math.round(Number(price) * 100)
