import { OPENING_DAY } from '../seed/rows.js'
import type { Page } from './action.js'

const PAGE_SIZE = 20
const LAST_WEEK = new Date(OPENING_DAY.getTime() - 7 * 24 * 60 * 60 * 1000)

const homePage: Page = {
  weight: 3,
  questions: 3,
  plan: () => async (visitor) => {
    const bestsellers = await visitor.ask('home: best-sellers', (shop) =>
      shop.orderLine.groupBy({
        by: ['productId'],
        where: { order: { placedAt: { gte: LAST_WEEK } } },
        _sum: { quantity: true },
        orderBy: [{ _sum: { quantity: 'desc' } }, { productId: 'asc' }],
        take: 8,
      }),
    )
    await Promise.all([
      visitor.ask('home: their products', (shop) =>
        shop.product.findMany({ where: { id: { in: bestsellers.map((line) => line.productId) } } }),
      ),
      visitor.ask('home: new products', (shop) =>
        shop.product.findMany({ orderBy: [{ createdAt: 'desc' }, { id: 'desc' }], take: 8 }),
      ),
    ])
  },
}

const productPage: Page = {
  weight: 45,
  questions: 2,
  plan(dice) {
    const productId = dice.productId()
    return (visitor) =>
      Promise.all([
        visitor.ask('product: page', (shop) =>
          shop.product.findUnique({
            where: { id: productId },
            include: {
              categories: { orderBy: { name: 'asc' } },
              reviews: {
                orderBy: [{ writtenAt: 'desc' }, { id: 'desc' }],
                take: 10,
                include: { customer: { select: { name: true, city: true } } },
              },
            },
          }),
        ),
        visitor.ask('product: rating', (shop) =>
          shop.review.aggregate({ where: { productId }, _avg: { rating: true }, _count: true }),
        ),
      ])
  },
}

const categoryPage: Page = {
  weight: 22,
  questions: 3,
  plan(dice) {
    const slug = dice.categorySlug()
    const page = dice.chance() < 0.7 ? 0 : dice.between(1, 2)
    return (visitor) =>
      Promise.all([
        visitor.ask('category: heading', (shop) =>
          shop.category.findUnique({ where: { slug }, include: { _count: { select: { products: true } } } }),
        ),
        visitor.ask('category: products', (shop) =>
          shop.product.findMany({
            where: { categories: { some: { slug } } },
            orderBy: [{ price: 'asc' }, { id: 'asc' }],
            skip: page * PAGE_SIZE,
            take: PAGE_SIZE,
          }),
        ),
        visitor.ask('category: in stock', (shop) =>
          shop.product.count({ where: { categories: { some: { slug } }, stock: { gt: 0 } } }),
        ),
      ])
  },
}

const search: Page = {
  weight: 12,
  questions: 1,
  plan(dice) {
    const term = dice.searchTerm()
    return (visitor) =>
      visitor.ask('search', (shop) =>
        shop.product.findMany({
          where: {
            OR: [{ name: { contains: term } }, { categories: { some: { name: { contains: term } } } }],
          },
          orderBy: [{ name: 'asc' }, { id: 'asc' }],
          take: PAGE_SIZE,
        }),
      )
  },
}

/** What anybody can look at. */
export const browsing: readonly Page[] = [homePage, productPage, categoryPage, search]
