import { freshet } from '@freshet/typeorm'
import type { EntityManager } from 'typeorm'
import { DataSource, In, LessThan, MoreThan, MoreThanOrEqual } from 'typeorm'
import type { BlogClient } from './blog-plan.js'
import type { Client, OpenOptions } from './client.js'
import { OutOfStock, rounded } from './client.js'
import type { Database } from './database.js'
import type { ShopAsks } from './shop-facts.js'
import { pageSize } from './shop-facts.js'
import type { Cart } from './shop-mirror.js'
import type { ShopWrites } from './shop-plan.js'
import { dayBefore } from './shop-rows.js'
import { entitiesFor } from './typeorm-entities.js'

/** The shop and the blog on TypeORM, as `examples/typeorm-storefront` writes them. */
export async function openTypeorm(
  { dialect, url }: Database,
  { cache, precision, members }: OpenOptions,
): Promise<Client> {
  const entities = entitiesFor(dialect)
  const shared = {
    url,
    entities: Object.values(entities),
    cache: freshet({
      cache,
      precision,
      entities: { Order: { members }, Product: { members }, Review: { members } },
    }),
  }
  const dataSource = new DataSource(
    dialect === 'postgresql'
      ? { type: 'postgres', ...shared, extra: { max: 4 } }
      : { type: 'mariadb', ...shared, extra: { connectionLimit: 4 } },
  )
  await dataSource.initialize()
  const repositories = repositoriesOf(dataSource, entities)
  return {
    shop: { asks: asksOf(repositories), writes: writesOf(dataSource, repositories) },
    blog: blogOf(repositories),
    close: () => dataSource.destroy(),
  }
}

const repositoriesOf = (dataSource: DataSource, entities: ReturnType<typeof entitiesFor>) => ({
  customers: dataSource.getRepository(entities.customers),
  categories: dataSource.getRepository(entities.categories),
  products: dataSource.getRepository(entities.products),
  orders: dataSource.getRepository(entities.orders),
  orderLines: dataSource.getRepository(entities.orderLines),
  reviews: dataSource.getRepository(entities.reviews),
  posts: dataSource.getRepository(entities.posts),
  comments: dataSource.getRepository(entities.comments),
})

type Repositories = ReturnType<typeof repositoriesOf>

/** What its orders show of a product. */
const ofProduct = { id: true, name: true, slug: true } as const

function asksOf({ customers, categories, products, orders, orderLines, reviews }: Repositories): ShopAsks {
  const inCategory = (id: number) => ({ categories: { slug: `category-${id}` } })
  return {
    product: (id) =>
      products.getOneWithCache({
        where: { id },
        relations: { categories: true },
        order: { categories: { name: 'ASC' } },
      }),
    newestReviews: (productId) =>
      reviews.getWithCache({
        where: { productId },
        relations: { customer: true },
        select: { id: true, rating: true, text: true, writtenAt: true, customer: { name: true, city: true } },
        order: { writtenAt: 'DESC', id: 'DESC' },
        take: 10,
      }),
    rating: (productId) =>
      reviews
        .createQueryBuilder('review')
        .where({ productId })
        .select('AVG(review.rating)', 'average')
        .addSelect('COUNT(*)', 'count')
        .cache(true)
        .getRawOne<{ average: string | null; count: string }>()
        .then((row) => ({ average: rounded(row!.average), count: Number(row!.count) })),
    category: (id) => categories.getOneWithCache({ where: { slug: `category-${id}` } }),
    productCount: (id) => products.getCountWithCache({ where: inCategory(id) }),
    categoryPage: (id, page) =>
      products.getWithCache({
        where: inCategory(id),
        order: { price: 'ASC', id: 'ASC' },
        skip: page * pageSize,
        take: pageSize,
      }),
    inStock: (id) => products.getCountWithCache({ where: { ...inCategory(id), stock: MoreThan(0) } }),
    search: (word) =>
      products
        .createQueryBuilder('product')
        .where('product.name LIKE :pattern', { pattern: `${word} %` })
        .orderBy('product.name', 'ASC')
        .addOrderBy('product.id', 'ASC')
        .take(pageSize)
        .getWithCache(),
    bestsellers: () =>
      orderLines
        .createQueryBuilder('line')
        .innerJoin('line.order', 'placed')
        .where('placed.placedAt >= :since', { since: new Date(dayBefore) })
        .select('line.productId', 'productId')
        .addSelect('SUM(line.quantity)', 'quantity')
        .groupBy('line.productId')
        .orderBy('quantity', 'DESC')
        .addOrderBy('line.productId', 'ASC')
        .limit(8)
        .cache(true)
        .getRawMany<{ productId: number; quantity: string }>()
        .then((rows) => rows.map(({ productId, quantity }) => ({ productId, quantity: Number(quantity) }))),
    products: (ids) =>
      products
        .getWithCache({ where: { id: In(ids) } })
        .then((rows) => ids.map((id) => rows.find((row) => row.id === id))),
    newest: () => products.getWithCache({ order: { createdAt: 'DESC', id: 'DESC' }, take: 8 }),
    latestOrders: (customerId) =>
      orders
        .getWithCache({
          where: { customerId },
          select: {
            id: true,
            status: true,
            total: true,
            placedAt: true,
            customerId: true,
            lines: {
              id: true,
              quantity: true,
              unitPrice: true,
              orderId: true,
              productId: true,
              product: ofProduct,
            },
          },
          relations: { lines: { product: true } },
          relationLoadStrategy: 'query',
          order: { placedAt: 'DESC', id: 'DESC' },
          take: 10,
        })
        // TypeORM cannot order relations that it loads by queries of their own.
        .then((rows) =>
          rows.map((order) => ({
            ...order,
            lines: order.lines
              .toSorted((a, b) => a.productId - b.productId)
              .map((line) => ({ ...line, product: { name: line.product.name, slug: line.product.slug } })),
          })),
        ),
    customer: (id) => customers.getOneWithCache({ where: { id } }),
    orderCount: (customerId) => orders.getCountWithCache({ where: { customerId } }),
    reviewCount: (customerId) => reviews.getCountWithCache({ where: { customerId } }),
    customerWithReviews: (id) =>
      customers.getOneWithCache({
        where: { id },
        relations: { reviews: true },
        order: { reviews: { writtenAt: 'ASC' } },
      }),
  }
}

function writesOf(dataSource: DataSource, repositories: Repositories): ShopWrites {
  const { customers, products, orders, reviews } = repositories
  const restockSql = 'UPDATE product SET stock = stock + 100 WHERE stock < '
  const parameter = dataSource.options.type === 'postgres' ? '$1' : '?'
  return {
    buy: (cart) => buy(dataSource, repositories, cart),
    async cancelOrder(id) {
      const order = await orders.findOneBy({ id })
      if (order) await orders.remove(order)
    },
    async moveHouse(id, city) {
      const customer = await customers.findOneByOrFail({ id })
      await customers.save(Object.assign(customer, { city }))
    },
    review: ({ writtenAt, ...opinion }) =>
      reviews.upsert({ ...opinion, writtenAt: new Date(writtenAt) }, ['productId', 'customerId']),
    changePrice: (id, price) => products.update({ id }, { price }),
    restock: (below) => dataSource.query(restockSql + parameter, [below]),
    recategorise: (how, id, categoryId) =>
      how === 'disconnect'
        ? dataSource.createQueryBuilder().relation(products.target, 'categories').of(id).remove(categoryId)
        : putInto(repositories, how, id, categoryId),
    shipOrders: (placedBefore, id, description) =>
      dataSource.transaction(async (manager) => {
        const paid = { status: 'PAID', placedAt: LessThan(new Date(placedBefore)) }
        await manager.withRepository(orders).update(paid, { status: 'SHIPPED' })
        await manager.withRepository(products).update({ id }, { description })
      }),
    eraseCustomer: (id) => customers.delete({ id }),
  }
}

async function putInto(
  { categories, products }: Repositories,
  how: 'connect' | 'set',
  id: number,
  categoryId: number,
): Promise<void> {
  const product = await products.findOneOrFail({ where: { id }, relations: { categories: true } })
  const kept = how === 'set' ? [] : product.categories.filter((category) => category.id !== categoryId)
  product.categories = [...kept, categories.create({ id: categoryId })]
  await products.save(product)
}

async function buy(
  dataSource: DataSource,
  repositories: Repositories,
  cart: Cart,
): Promise<number | undefined> {
  try {
    return await dataSource.transaction((manager) => placeOrder(manager, repositories, cart))
  } catch (error) {
    if (error instanceof OutOfStock) return undefined
    throw error
  }
}

async function placeOrder(
  manager: EntityManager,
  repositories: Repositories,
  { customerId, lines, placedAt }: Cart,
): Promise<number> {
  const products = manager.withRepository(repositories.products)
  const orders = manager.withRepository(repositories.orders)
  for (const { productId, quantity } of lines) {
    const enough = { id: productId, stock: MoreThanOrEqual(quantity) }
    const { affected } = await products.decrement(enough, 'stock', quantity)
    if (affected === 0) throw new OutOfStock()
  }
  const found = await products.findBy({ id: In(lines.map(({ productId }) => productId)) })
  const priced = lines.map((line) => ({
    ...line,
    unitPrice: found.find(({ id }) => id === line.productId)!.price,
  }))
  const total = priced.reduce((sum, { unitPrice, quantity }) => sum + unitPrice * quantity, 0)
  const order = { customerId, placedAt: new Date(placedAt), total, status: 'PAID', lines: priced }
  return (await orders.save(orders.create(order))).id
}

function blogOf({ posts, comments }: Repositories): BlogClient {
  const short = { id: true, slug: true, title: true } as const
  return {
    asks: {
      post: (id) => posts.getOneWithCache({ where: { id } }),
      postBySlug: (id) =>
        posts.getOneWithCache({
          where: { slug: `post-${id}` },
          select: {
            ...short,
            body: true,
            createdAt: true,
            authorId: true,
            author: { id: true, name: true },
          },
          relations: { author: true },
        }),
      comments: (postId) =>
        comments.getWithCache({
          where: { postId },
          select: { id: true, text: true, author: { name: true } },
          relations: { author: true },
          order: { id: 'ASC' },
          take: 20,
        }),
      commentCount: (postId) => comments.getCountWithCache({ where: { postId } }),
      postsOf: (authorId) =>
        posts.getWithCache({ where: { authorId }, select: short, order: { createdAt: 'DESC' }, take: 10 }),
      newest: (page) =>
        posts.getWithCache({ select: short, order: { createdAt: 'DESC' }, skip: page * 10, take: 10 }),
      mostViewed: () =>
        posts.getWithCache({
          select: { ...short, views: true },
          order: { views: 'DESC', id: 'ASC' },
          take: 10,
        }),
    },
    view: (id) => posts.increment({ id }, 'views', 1),
  }
}
