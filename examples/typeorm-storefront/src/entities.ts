import { EntitySchema } from 'typeorm'

/** Somebody who buys. */
export class Customer {
  declare id: number
  declare email: string
  declare name: string
  declare city: string
  declare createdAt: Date
  declare orders: Order[]
  declare reviews: Review[]
}

export class Category {
  declare id: number
  declare slug: string
  declare name: string
  declare products: Product[]
}

export class Product {
  declare id: number
  declare slug: string
  declare name: string
  declare description: string
  declare price: string
  declare stock: number
  declare createdAt: Date
  declare categories: Category[]
  declare lines: OrderLine[]
  declare reviews: Review[]
}

export class Order {
  declare id: number
  declare status: 'PAID' | 'SHIPPED'
  declare total: string
  declare placedAt: Date
  declare customerId: number
  declare customer: Customer
  declare lines: OrderLine[]
}

export class OrderLine {
  declare id: number
  declare quantity: number
  declare unitPrice: string
  declare orderId: number
  declare productId: number
  declare order: Order
  declare product: Product
}

/** What a customer thinks of a product. */
export class Review {
  declare id: number
  declare rating: number
  declare text: string
  declare writtenAt: Date
  declare productId: number
  declare customerId: number
  declare product: Product
  declare customer: Customer
}

const id = { type: 'integer', primary: true, generated: 'increment' } as const

/** SQLite's decimals are floating-point numbers. In here they are written out, as other databases' drivers give them. */
const money = {
  type: 'decimal',
  transformer: { to: (price: unknown) => price, from: (price: number) => price.toFixed(2) },
} as const

const customerSchema = new EntitySchema<Customer>({
  name: 'Customer',
  target: Customer,
  tableName: 'Customer',
  columns: {
    id,
    email: { type: 'text', unique: true },
    name: { type: 'text' },
    city: { type: 'text' },
    createdAt: { type: 'datetime' },
  },
  relations: {
    orders: { type: 'one-to-many', target: 'Order', inverseSide: 'customer' },
    reviews: { type: 'one-to-many', target: 'Review', inverseSide: 'customer' },
  },
})

const categorySchema = new EntitySchema<Category>({
  name: 'Category',
  target: Category,
  tableName: 'Category',
  columns: { id, slug: { type: 'text', unique: true }, name: { type: 'text' } },
  relations: { products: { type: 'many-to-many', target: 'Product', inverseSide: 'categories' } },
})

const productSchema = new EntitySchema<Product>({
  name: 'Product',
  target: Product,
  tableName: 'Product',
  columns: {
    id,
    slug: { type: 'text', unique: true },
    name: { type: 'text' },
    description: { type: 'text' },
    price: money,
    stock: { type: 'integer' },
    createdAt: { type: 'datetime' },
  },
  relations: {
    categories: {
      type: 'many-to-many',
      target: 'Category',
      inverseSide: 'products',
      joinTable: {
        name: '_CategoryToProduct',
        joinColumn: { name: 'B', referencedColumnName: 'id' },
        inverseJoinColumn: { name: 'A', referencedColumnName: 'id' },
      },
    },
    lines: { type: 'one-to-many', target: 'OrderLine', inverseSide: 'product' },
    reviews: { type: 'one-to-many', target: 'Review', inverseSide: 'product' },
  },
})

const orderSchema = new EntitySchema<Order>({
  name: 'Order',
  target: Order,
  tableName: 'Order',
  columns: {
    id,
    status: { type: 'text', default: 'PAID' },
    total: money,
    placedAt: { type: 'datetime' },
    customerId: { type: 'integer' },
  },
  relations: {
    customer: {
      type: 'many-to-one',
      target: 'Customer',
      inverseSide: 'orders',
      joinColumn: { name: 'customerId' },
      onDelete: 'CASCADE',
    },
    lines: { type: 'one-to-many', target: 'OrderLine', inverseSide: 'order', cascade: ['insert'] },
  },
})

const orderLineSchema = new EntitySchema<OrderLine>({
  name: 'OrderLine',
  target: OrderLine,
  tableName: 'OrderLine',
  columns: {
    id,
    quantity: { type: 'integer' },
    unitPrice: money,
    orderId: { type: 'integer' },
    productId: { type: 'integer' },
  },
  relations: {
    order: {
      type: 'many-to-one',
      target: 'Order',
      inverseSide: 'lines',
      joinColumn: { name: 'orderId' },
      onDelete: 'CASCADE',
    },
    product: {
      type: 'many-to-one',
      target: 'Product',
      inverseSide: 'lines',
      joinColumn: { name: 'productId' },
    },
  },
})

const reviewSchema = new EntitySchema<Review>({
  name: 'Review',
  target: Review,
  tableName: 'Review',
  columns: {
    id,
    rating: { type: 'integer' },
    text: { type: 'text' },
    writtenAt: { type: 'datetime' },
    productId: { type: 'integer' },
    customerId: { type: 'integer' },
  },
  relations: {
    product: {
      type: 'many-to-one',
      target: 'Product',
      inverseSide: 'reviews',
      joinColumn: { name: 'productId' },
      onDelete: 'CASCADE',
    },
    customer: {
      type: 'many-to-one',
      target: 'Customer',
      inverseSide: 'reviews',
      joinColumn: { name: 'customerId' },
      onDelete: 'CASCADE',
    },
  },
  uniques: [{ columns: ['productId', 'customerId'] }],
})

/** For a DataSource. Its tables are those of examples/storefront/schema.sql; keep the two in step. */
export const entities = [
  customerSchema,
  categorySchema,
  productSchema,
  orderSchema,
  orderLineSchema,
  reviewSchema,
]
