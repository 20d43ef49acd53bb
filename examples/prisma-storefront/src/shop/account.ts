import type { Shop } from '@freshet-example/storefront'
import type { ShopClient } from '../shop-client.js'

type Account = Pick<Shop, 'latestOrders' | 'profile' | 'reviewsBy' | 'moveHouse' | 'review'>

/** A customer's own account. */
export const account = (prisma: ShopClient): Account => ({
  latestOrders: (customerId) =>
    prisma.order.findMany({
      where: { customerId },
      orderBy: [{ placedAt: 'desc' }, { id: 'desc' }],
      take: 10,
      include: {
        lines: { orderBy: { id: 'asc' }, include: { product: { select: { name: true, slug: true } } } },
      },
    }),

  profile: (id) =>
    prisma.customer.findUnique({
      where: { id },
      include: { _count: { select: { orders: true, reviews: true } } },
    }),

  reviewsBy: (id) => prisma.customer.findUnique({ where: { id } }).reviews({ orderBy: { id: 'asc' } }),

  moveHouse: (id, city) => prisma.customer.update({ where: { id }, data: { city } }),

  review: ({ productId, customerId, rating, text, writtenAt }) =>
    prisma.review.upsert({
      where: { productId_customerId: { productId, customerId } },
      create: { productId, customerId, rating, text, writtenAt },
      update: { rating, text, writtenAt },
    }),
})
