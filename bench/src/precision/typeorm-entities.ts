import type { EntitySchemaColumnOptions } from 'typeorm'
import { EntitySchema } from 'typeorm'
import type { Dialect } from './database.js'

export interface Customer {
  id: number
  email: string
  name: string
  city: string
  createdAt: Date
  reviews: Review[]
}

export interface Category {
  id: number
  slug: string
  name: string
}

export interface Product {
  id: number
  slug: string
  name: string
  description: string
  price: number
  stock: number
  createdAt: Date
  categories: Category[]
}

export interface Order {
  id: number
  status: string
  total: number
  placedAt: Date
  customerId: number
  customer: Customer
  lines: OrderLine[]
}

export interface OrderLine {
  id: number
  quantity: number
  unitPrice: number
  orderId: number
  productId: number
  order: Order
  product: Product
}

export interface Review {
  id: number
  rating: number
  text: string
  writtenAt: Date
  productId: number
  customerId: number
  product: Product
  customer: Customer
}

export interface Author {
  id: number
  name: string
}

export interface Post {
  id: number
  slug: string
  title: string
  body: string
  views: number
  createdAt: Date
  authorId: number
  author: Author
}

export interface Comment {
  id: number
  text: string
  postId: number
  authorId: number
  author: Author
  post: Post
}

const int = { type: 'int' } as const
const text = { type: 'varchar' } as const
const key = { type: 'int', primary: true, generated: 'increment' } as const

/** The same tables as `bench/prisma/precision-*.prisma`. */
export function entitiesFor(dialect: Dialect) {
  const time: EntitySchemaColumnOptions = {
    type: dialect === 'postgresql' ? 'timestamp' : 'datetime',
    precision: 3,
  }
  const belongsTo = (target: string, column: string) =>
    ({
      type: 'many-to-one',
      target,
      joinColumn: { name: column },
      onDelete: 'CASCADE',
      onUpdate: 'CASCADE',
    }) as const
  const unique = { ...text, unique: true } as const
  return {
    customers: new EntitySchema<Customer>({
      name: 'Customer',
      tableName: 'customer',
      columns: { id: key, email: unique, name: text, city: text, createdAt: time },
      relations: { reviews: { type: 'one-to-many', target: 'Review', inverseSide: 'customer' } },
    }),
    categories: new EntitySchema<Category>({
      name: 'Category',
      tableName: 'category',
      columns: { id: key, slug: unique, name: text },
    }),
    products: new EntitySchema<Product>({
      name: 'Product',
      tableName: 'product',
      columns: {
        id: key,
        slug: unique,
        name: text,
        description: text,
        price: int,
        stock: int,
        createdAt: time,
      },
      relations: {
        categories: {
          type: 'many-to-many',
          target: 'Category',
          joinTable: {
            name: '_CategoryToProduct',
            joinColumn: { name: 'B', referencedColumnName: 'id' },
            inverseJoinColumn: { name: 'A', referencedColumnName: 'id' },
          },
        },
      },
    }),
    orders: new EntitySchema<Order>({
      name: 'Order',
      tableName: 'orders',
      columns: { id: key, status: text, total: int, placedAt: time, customerId: int },
      relations: {
        customer: belongsTo('Customer', 'customerId'),
        lines: { type: 'one-to-many', target: 'OrderLine', inverseSide: 'order', cascade: ['insert'] },
      },
    }),
    orderLines: new EntitySchema<OrderLine>({
      name: 'OrderLine',
      tableName: 'order_line',
      columns: { id: key, quantity: int, unitPrice: int, orderId: int, productId: int },
      relations: {
        order: { ...belongsTo('Order', 'orderId'), inverseSide: 'lines' },
        product: { ...belongsTo('Product', 'productId'), onDelete: 'RESTRICT' },
      },
    }),
    reviews: new EntitySchema<Review>({
      name: 'Review',
      tableName: 'review',
      columns: { id: key, rating: int, text, writtenAt: time, productId: int, customerId: int },
      relations: {
        product: belongsTo('Product', 'productId'),
        customer: { ...belongsTo('Customer', 'customerId'), inverseSide: 'reviews' },
      },
      uniques: [{ columns: ['productId', 'customerId'] }],
    }),
    authors: new EntitySchema<Author>({
      name: 'Author',
      tableName: 'author',
      columns: { id: key, name: text },
    }),
    posts: new EntitySchema<Post>({
      name: 'Post',
      tableName: 'post',
      columns: {
        id: key,
        slug: unique,
        title: text,
        body: text,
        views: int,
        createdAt: time,
        authorId: int,
      },
      relations: { author: belongsTo('Author', 'authorId') },
    }),
    comments: new EntitySchema<Comment>({
      name: 'Comment',
      tableName: 'comment',
      columns: { id: key, text, postId: int, authorId: int },
      relations: { post: belongsTo('Post', 'postId'), author: belongsTo('Author', 'authorId') },
    }),
  }
}
