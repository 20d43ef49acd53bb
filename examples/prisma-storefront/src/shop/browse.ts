import type { Shop } from '@freshet-example/storefront'
import type { ShopClient } from '../shop-client.js'

type Browsing = Pick<
  Shop,
  | 'bestsellers'
  | 'products'
  | 'newProducts'
  | 'productPage'
  | 'productRating'
  | 'category'
  | 'categoryProducts'
  | 'categoryStock'
  | 'search'
>

/** What anybody can look at. */
export const browsing = (prisma: ShopClient): Browsing => ({
  bestsellers: (since) =>
    prisma.orderLine.groupBy({
      by: ['productId'],
      where: { order: { placedAt: { gte: since } } },
      _sum: { quantity: true },
      orderBy: [{ _sum: { quantity: 'desc' } }, { productId: 'asc' }],
      take: 8,
    }),

  products: (ids) => prisma.product.findMany({ where: { id: { in: [...ids] } } }),

  newProducts: () => prisma.product.findMany({ orderBy: [{ createdAt: 'desc' }, { id: 'desc' }], take: 8 }),

  productPage: (id) =>
    prisma.product.findUnique({
      where: { id },
      include: {
        categories: { orderBy: { name: 'asc' } },
        reviews: {
          orderBy: [{ writtenAt: 'desc' }, { id: 'desc' }],
          take: 10,
          include: { customer: { select: { name: true, city: true } } },
        },
      },
    }),

  productRating: (productId) =>
    prisma.review.aggregate({ where: { productId }, _avg: { rating: true }, _count: true }),

  category: (slug) =>
    prisma.category.findUnique({ where: { slug }, include: { _count: { select: { products: true } } } }),

  categoryProducts: (slug, skip, take) =>
    prisma.product.findMany({
      where: { categories: { some: { slug } } },
      orderBy: [{ price: 'asc' }, { id: 'asc' }],
      skip,
      take,
    }),

  categoryStock: (slug) =>
    prisma.product.count({ where: { categories: { some: { slug } }, stock: { gt: 0 } } }),

  search: (term, take) =>
    prisma.product.findMany({
      where: {
        OR: [{ name: { contains: term } }, { categories: { some: { name: { contains: term } } } }],
      },
      orderBy: [{ name: 'asc' }, { id: 'asc' }],
      take,
    }),
})
