import type { Shop } from '@freshet-example/storefront'
import type { OneAtATime } from '../one-at-a-time.js'
import type { Repositories } from '../repositories.js'

type Account = Pick<Shop, 'latestOrders' | 'profile' | 'reviewsBy' | 'moveHouse' | 'review'>

/** A customer's own account. */
export const account = ({ customers, orders, reviews }: Repositories, oneAtATime: OneAtATime): Account => ({
  latestOrders: async (customerId) => {
    const latest = await orders.getWithCache({
      where: { customerId },
      relations: { lines: { product: true } },
      relationLoadStrategy: 'query',
      order: { placedAt: 'DESC', id: 'DESC' },
      take: 10,
    })
    // TypeORM 1.1 cannot order relations that it loads by queries of their own. What the cache gives is ours to change.
    for (const { lines } of latest) lines.sort((one, other) => one.id - other.id)
    return latest
  },

  profile: async (id) => {
    const [customer, orderCount, reviewCount] = await Promise.all([
      customers.findOne({ where: { id }, cache: true }),
      orders.getCountWithCache({ where: { customerId: id } }),
      reviews.count({ where: { customerId: id }, cache: true }),
    ])
    return { customer, orderCount, reviewCount }
  },

  reviewsBy: (id) =>
    customers.getOneWithCache({
      where: { id },
      relations: { reviews: true },
      order: { reviews: { id: 'ASC' } },
    }),

  moveHouse: (id, city) =>
    oneAtATime(async () => {
      // A cached customer is as good as any: it is nobody else's, and saving it writes what has changed.
      const customer = await customers.getOneWithCache({ where: { id } })
      if (customer) await customers.save(Object.assign(customer, { city }))
    }),

  // TypeORM writes the new row's id into what it is given.
  review: (opinion) => oneAtATime(() => reviews.upsert({ ...opinion }, ['productId', 'customerId'])),
})
