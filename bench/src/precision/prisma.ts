import { PrismaMariaDb } from '@prisma/adapter-mariadb'
import { PrismaPg } from '@prisma/adapter-pg'
import { freshet } from '@freshet/prisma'
import { PrismaClient as MariaDbClient } from '../../generated/precision-mariadb/client.js'
import { PrismaClient } from '../../generated/precision-postgresql/client.js'
import type { BlogClient } from './blog-plan.js'
import type { Client, OpenOptions } from './client.js'
import type { Database } from './database.js'
import { pageSize } from './shop-facts.js'
import type { ShopAsks } from './shop-facts.js'
import type { Cart } from './shop-mirror.js'
import { OutOfStock, rounded } from './client.js'
import { dayBefore } from './shop-rows.js'
import type { ShopClient, ShopWrites } from './shop-plan.js'

/** The shop and the blog on Prisma, as `examples/prisma-storefront` writes them. */
export async function openPrisma(database: Database, options: OpenOptions): Promise<Client> {
  const prisma = connect(database, options)
  return {
    shop: { asks: asksOf(prisma), writes: writesOf(prisma) } satisfies ShopClient,
    blog: blogOf(prisma),
    close: () => prisma.$disconnect(),
  }
}

function connect({ dialect, url }: Database, { cache, precision, members }: OpenOptions): PrismaClient {
  const plain =
    dialect === 'postgresql'
      ? new PrismaClient({ adapter: new PrismaPg({ connectionString: url, max: 4 }) })
      : // The two differ in what is not used here.
        (new MariaDbClient({
          adapter: new PrismaMariaDb(`${url}?connectionLimit=4`),
        }) as unknown as PrismaClient)
  return plain.$extends(
    freshet({
      cache,
      defaults: { precision },
      models: {
        Order: { precision, members },
        Product: { precision, members },
        Review: { precision, members },
      },
    }),
  ) as unknown as PrismaClient
}

function asksOf(prisma: PrismaClient): ShopAsks {
  return {
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
    rating: (productId) =>
      prisma.review
        .aggregate({ where: { productId }, _avg: { rating: true }, _count: true })
        .then(({ _avg: { rating }, _count: count }) => ({ average: rounded(rating), count })),
    // `_count` of a many-to-many relation counts the whole join table: 100 ms with 200,000 rows, on PostgreSQL.
    category: (id) => prisma.category.findUnique({ where: { slug: `category-${id}` } }),
    productCount: (id) =>
      prisma.product.count({ where: { categories: { some: { slug: `category-${id}` } } } }),
    categoryPage: (id, page) =>
      prisma.product.findMany({
        where: { categories: { some: { slug: `category-${id}` } } },
        orderBy: [{ price: 'asc' }, { id: 'asc' }],
        skip: page * pageSize,
        take: pageSize,
      }),
    inStock: (id) =>
      prisma.product.count({
        where: { categories: { some: { slug: `category-${id}` } }, stock: { gt: 0 } },
      }),
    search: (word) =>
      prisma.product.findMany({
        where: { name: { startsWith: `${word} ` } },
        orderBy: [{ name: 'asc' }, { id: 'asc' }],
        take: pageSize,
      }),
    bestsellers: () =>
      prisma.orderLine
        .groupBy({
          by: ['productId'],
          where: { order: { placedAt: { gte: new Date(dayBefore) } } },
          _sum: { quantity: true },
          orderBy: [{ _sum: { quantity: 'desc' } }, { productId: 'asc' }],
          take: 8,
        })
        .then((rows) => rows.map(({ productId, _sum }) => ({ productId, quantity: _sum.quantity }))),
    products: (ids) =>
      prisma.product
        .findMany({ where: { id: { in: [...ids] } } })
        .then((rows) => ids.map((id) => rows.find((row) => row.id === id))),
    newest: () => prisma.product.findMany({ orderBy: [{ createdAt: 'desc' }, { id: 'desc' }], take: 8 }),
    latestOrders: (customerId) =>
      prisma.order.findMany({
        where: { customerId },
        orderBy: [{ placedAt: 'desc' }, { id: 'desc' }],
        take: 10,
        include: {
          lines: {
            orderBy: { productId: 'asc' },
            include: { product: { select: { name: true, slug: true } } },
          },
        },
      }),
    profile: (id) =>
      prisma.customer.findUnique({
        where: { id },
        include: { _count: { select: { orders: true, reviews: true } } },
      }),
    reviewsBy: (id) =>
      prisma.customer.findUnique({ where: { id } }).reviews({ orderBy: { writtenAt: 'asc' } }),
  }
}

function writesOf(prisma: PrismaClient): ShopWrites {
  return {
    buy: (cart) => buy(prisma, cart),
    cancelOrder: (id) => prisma.order.deleteMany({ where: { id } }),
    moveHouse: (id, city) => prisma.customer.update({ where: { id }, data: { city } }),
    review({ productId, customerId, rating, text, writtenAt }) {
      const said = { rating, text, writtenAt: new Date(writtenAt) }
      return prisma.review.upsert({
        where: { productId_customerId: { productId, customerId } },
        create: { productId, customerId, ...said },
        update: said,
      })
    },
    changePrice: (id, price) => prisma.product.update({ where: { id }, data: { price } }),
    restock: (below) => prisma.$executeRaw`UPDATE product SET stock = stock + 100 WHERE stock < ${below}`,
    recategorise: (how, id, categoryId) =>
      prisma.product.update({ where: { id }, data: { categories: { [how]: [{ id: categoryId }] } } }),
    shipOrders: (placedBefore, id, description) =>
      prisma.$transaction([
        prisma.order.updateMany({
          where: { status: 'PAID', placedAt: { lt: new Date(placedBefore) } },
          data: { status: 'SHIPPED' },
        }),
        prisma.product.update({ where: { id }, data: { description } }),
      ]),
    eraseCustomer: (id) => prisma.customer.delete({ where: { id } }),
  }
}

async function buy(prisma: PrismaClient, { customerId, lines, placedAt }: Cart): Promise<number | undefined> {
  try {
    return await prisma.$transaction(async (tx) => {
      for (const { productId, quantity } of lines) {
        const { count } = await tx.product.updateMany({
          where: { id: productId, stock: { gte: quantity } },
          data: { stock: { decrement: quantity } },
        })
        if (count === 0) throw new OutOfStock()
      }
      const products = await tx.product.findMany({
        where: { id: { in: lines.map(({ productId }) => productId) } },
      })
      const priced = lines.map((line) => ({
        ...line,
        unitPrice: products.find(({ id }) => id === line.productId)!.price,
      }))
      const total = priced.reduce((sum, { unitPrice, quantity }) => sum + unitPrice * quantity, 0)
      const order = await tx.order.create({
        data: {
          customerId,
          placedAt: new Date(placedAt),
          total,
          status: 'PAID',
          lines: { create: priced },
        },
      })
      return order.id
    })
  } catch (error) {
    if (error instanceof OutOfStock) return undefined
    throw error
  }
}

function blogOf(prisma: PrismaClient): BlogClient {
  const short = { id: true, slug: true, title: true } as const
  return {
    asks: {
      post: (id) => prisma.post.findUnique({ where: { id } }),
      postBySlug: (id) =>
        prisma.post.findUnique({
          where: { slug: `post-${id}` },
          omit: { views: true },
          include: { author: true },
        }),
      comments: (postId) =>
        prisma.comment.findMany({
          where: { postId },
          orderBy: { id: 'asc' },
          take: 20,
          select: { id: true, text: true, author: { select: { name: true } } },
        }),
      commentCount: (postId) => prisma.comment.count({ where: { postId } }),
      postsOf: (authorId) =>
        prisma.post.findMany({
          where: { authorId },
          orderBy: { createdAt: 'desc' },
          take: 10,
          select: short,
        }),
      newest: (page) =>
        prisma.post.findMany({
          orderBy: { createdAt: 'desc' },
          skip: page * 10,
          take: 10,
          select: short,
        }),
      mostViewed: () =>
        prisma.post.findMany({
          orderBy: [{ views: 'desc' }, { id: 'asc' }],
          take: 10,
          select: { ...short, views: true },
        }),
    },
    view: (id) => prisma.post.update({ where: { id }, data: { views: { increment: 1 } } }),
  }
}
