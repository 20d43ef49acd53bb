import { createConnection } from 'mariadb'
import pg from 'pg'
import { startMariaDb, startPostgres } from '../../../test/services/index.js'
import type { BlogRows } from './blog-mirror.js'
import type { ShopRows } from './shop-rows.js'

export const dialects = ['postgresql', 'mariadb'] as const
export type Dialect = (typeof dialects)[number]

export interface Database {
  readonly dialect: Dialect
  readonly url: string
}

export interface DatabaseServer {
  /** A database of its own, with the tables of `bench/prisma/precision-*.prisma`, and all rows in them. */
  fill(shop: ShopRows, blog: BlogRows): Promise<Database>
  stop(): Promise<void>
}

type Send = (sql: string) => Promise<unknown>

export async function openServer(dialect: Dialect): Promise<DatabaseServer> {
  const server = await (dialect === 'postgresql' ? startPostgres() : startMariaDb())
  return {
    async fill(shop, blog) {
      const url = await server.createDatabase()
      await fillDatabase(dialect, url, shop, blog)
      return { dialect, url }
    },
    stop: async () => await server.stop(),
  }
}

async function fillDatabase(dialect: Dialect, url: string, shop: ShopRows, blog: BlogRows): Promise<void> {
  const { send, close } = await connect(dialect, url)
  for (const statement of tablesOf(dialect)) await send(statement)
  if (dialect === 'mariadb') await send('SET foreign_key_checks = 0')
  await fill(send, shop, blog, dialect)
  for (const statement of constraints) await send(quoted(dialect, statement))
  if (dialect === 'postgresql') {
    for (const table of ['order_line', 'review', 'orders', 'comment'])
      await send(`SELECT setval('${table}_id_seq', (SELECT max(id) FROM ${table}))`)
    await send('VACUUM ANALYZE')
  }
  await close()
}

async function connect(dialect: Dialect, url: string): Promise<{ send: Send; close: () => Promise<void> }> {
  if (dialect === 'postgresql') {
    const client = new pg.Client(url)
    await client.connect()
    return { send: (sql) => client.query(sql), close: () => client.end() }
  }
  const connection = await createConnection(url)
  return { send: (sql) => connection.query(sql), close: () => connection.end() }
}

/** Written for PostgreSQL: MariaDB quotes otherwise. */
const quoted = (dialect: Dialect, sql: string): string =>
  dialect === 'postgresql' ? sql : sql.replaceAll('"', '`')

const int = 'int NOT NULL'
const text = 'varchar(255) COLLATE "C" NOT NULL'
const time = 'timestamp(3) NOT NULL'
const key = 'serial PRIMARY KEY'

const tables = {
  customer: `id ${key}, email ${text}, name ${text}, city ${text}, "createdAt" ${time}`,
  category: `id ${key}, slug ${text}, name ${text}`,
  product: `id ${key}, slug ${text}, name ${text}, description ${text}, price ${int}, stock ${int}, "createdAt" ${time}`,
  _CategoryToProduct: `"A" ${int}, "B" ${int}`,
  orders: `id ${key}, status varchar(20) NOT NULL, total ${int}, "placedAt" ${time}, "customerId" ${int}`,
  order_line: `id ${key}, quantity ${int}, "unitPrice" ${int}, "orderId" ${int}, "productId" ${int}`,
  review: `id ${key}, rating ${int}, text ${text}, "writtenAt" ${time}, "productId" ${int}, "customerId" ${int}`,
  author: `id ${key}, name ${text}`,
  post: `id ${key}, slug ${text}, title ${text}, body ${text}, views ${int}, "createdAt" ${time}, "authorId" ${int}`,
  comment: `id ${key}, text ${text}, "postId" ${int}, "authorId" ${int}`,
}

function tablesOf(dialect: Dialect): string[] {
  return Object.entries(tables).map(([name, columns]) => {
    const sql = quoted(dialect, `CREATE TABLE "${name}" (${columns})`)
    return dialect === 'postgresql'
      ? sql
      : sql
          .replaceAll(' COLLATE `C`', ' COLLATE utf8mb4_general_ci')
          .replaceAll('timestamp(3)', 'datetime(3)')
          .replaceAll('serial PRIMARY KEY', 'int AUTO_INCREMENT PRIMARY KEY')
  })
}

const references = (table: string, column: string, other: string, action = 'CASCADE'): string =>
  `ALTER TABLE "${table}" ADD FOREIGN KEY ("${column}") REFERENCES "${other}" (id) ON DELETE ${action} ON UPDATE CASCADE`

const constraints = [
  'CREATE UNIQUE INDEX customer_email ON customer (email)',
  'CREATE UNIQUE INDEX category_slug ON category (slug)',
  'CREATE UNIQUE INDEX product_slug ON product (slug)',
  'CREATE INDEX product_name ON product (name, id)',
  'CREATE INDEX product_created_at ON product ("createdAt")',
  'CREATE INDEX product_stock ON product (stock)',
  'CREATE UNIQUE INDEX category_product ON "_CategoryToProduct" ("A", "B")',
  'CREATE INDEX product_category ON "_CategoryToProduct" ("B")',
  'CREATE INDEX order_customer ON orders ("customerId", "placedAt")',
  'CREATE INDEX order_placed_at ON orders ("placedAt")',
  'CREATE INDEX order_status ON orders (status)',
  'CREATE INDEX line_order ON order_line ("orderId")',
  'CREATE INDEX line_product ON order_line ("productId")',
  'CREATE UNIQUE INDEX review_product_customer ON review ("productId", "customerId")',
  'CREATE INDEX review_customer ON review ("customerId")',
  'CREATE INDEX review_product ON review ("productId", "writtenAt")',
  'CREATE UNIQUE INDEX post_slug ON post (slug)',
  'CREATE INDEX post_author ON post ("authorId")',
  'CREATE INDEX post_created_at ON post ("createdAt")',
  'CREATE INDEX post_views ON post (views)',
  'CREATE INDEX comment_post ON comment ("postId")',
  references('_CategoryToProduct', 'A', 'category'),
  references('_CategoryToProduct', 'B', 'product'),
  references('orders', 'customerId', 'customer'),
  references('order_line', 'orderId', 'orders'),
  references('order_line', 'productId', 'product', 'RESTRICT'),
  references('review', 'productId', 'product'),
  references('review', 'customerId', 'customer'),
  references('post', 'authorId', 'author'),
  references('comment', 'postId', 'post'),
  references('comment', 'authorId', 'author'),
]

type Row = Readonly<Record<string, string | number>>

async function fill(send: Send, shop: ShopRows, blog: BlogRows, dialect: Dialect): Promise<void> {
  const insert = (table: string, rows: readonly object[]) => insertAll(send, dialect, table, rows as Row[])
  await insert('customer', shop.customers)
  await insert('category', shop.categories)
  await insert('product', shop.products)
  await insert(
    '_CategoryToProduct',
    shop.productCategories.map(({ categoryId, productId }) => ({ A: categoryId, B: productId })),
  )
  await insert('orders', shop.orders)
  await insert(
    'order_line',
    shop.orderLines.map((line, index) => ({ id: index + 1, ...line })),
  )
  await insert(
    'review',
    shop.reviews.map((review, index) => ({ id: index + 1, ...review })),
  )
  await insert('author', blog.authors)
  await insert('post', blog.posts)
  await insert('comment', blog.comments)
}

const rowsPerStatement = 5_000

async function insertAll(send: Send, dialect: Dialect, table: string, rows: readonly Row[]): Promise<void> {
  const names = Object.keys(rows[0]!)
  const into = quoted(dialect, `INSERT INTO "${table}" (${names.map((name) => `"${name}"`).join(', ')})`)
  for (let from = 0; from < rows.length; from += rowsPerStatement) {
    const values = rows
      .slice(from, from + rowsPerStatement)
      .map((row) => `(${names.map((name) => literal(name, row[name]!)).join(', ')})`)
    await send(`${into} VALUES ${values.join(', ')}`)
  }
}

/** The rows are ours, and hold no quotes. */
function literal(name: string, value: string | number): string {
  if (typeof value === 'string') return `'${value}'`
  if (!name.endsWith('At')) return String(value)
  return `'${new Date(value).toISOString().replace('T', ' ').replace('Z', '')}'`
}
