import type { Shop } from '@freshet-example/storefront'
import { In, MoreThan } from 'typeorm'
import type { Repositories } from '../repositories.js'

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
export const browsing = ({ categories, orderLines, products, reviews }: Repositories): Browsing => ({
  bestsellers: (since) =>
    orderLines
      .createQueryBuilder('line')
      .innerJoin('line.order', 'order')
      .where('order.placedAt >= :since', { since })
      .select('line.productId', 'productId')
      .addSelect('SUM(line.quantity)', 'quantity')
      .groupBy('line.productId')
      .orderBy('quantity', 'DESC')
      .addOrderBy('line.productId', 'ASC')
      .limit(8)
      .cache(true)
      .getRawMany<{ productId: number; quantity: number }>(),

  products: (ids) => products.getWithCache({ where: { id: In(ids) } }),

  newProducts: () => products.find({ order: { createdAt: 'DESC', id: 'DESC' }, take: 8, cache: true }),

  productPage: async (id) => {
    const [product, newestReviews] = await Promise.all([
      products.getOneWithCache({
        where: { id },
        relations: { categories: true },
        order: { categories: { name: 'ASC' } },
      }),
      reviews.getWithCache({
        where: { productId: id },
        relations: { customer: true },
        select: { id: true, rating: true, text: true, writtenAt: true, customer: { name: true, city: true } },
        order: { writtenAt: 'DESC', id: 'DESC' },
        take: 10,
      }),
    ])
    return product && Object.assign(product, { reviews: newestReviews })
  },

  productRating: (productId) =>
    reviews
      .createQueryBuilder('review')
      .where({ productId })
      .select('AVG(review.rating)', 'average')
      .addSelect('COUNT(*)', 'count')
      .cache(true)
      .getRawOne<{ average: number | null; count: number }>(),

  category: async (slug) => {
    const [category, productCount] = await Promise.all([
      categories.findOne({ where: { slug }, cache: true }),
      products.count({ where: { categories: { slug } }, cache: true }),
    ])
    return { category, productCount }
  },

  categoryProducts: (slug, skip, take) =>
    products.find({
      where: { categories: { slug } },
      order: { price: 'ASC', id: 'ASC' },
      skip,
      take,
      cache: true,
    }),

  categoryStock: (slug) =>
    products.getCountWithCache({ where: { categories: { slug }, stock: MoreThan(0) } }),

  search: (term, take) =>
    products
      .createQueryBuilder('product')
      .leftJoin('product.categories', 'category')
      .where('product.name LIKE :pattern OR category.name LIKE :pattern', { pattern: `%${term}%` })
      .orderBy('product.name', 'ASC')
      .addOrderBy('product.id', 'ASC')
      .take(take)
      .getWithCache(),
})
