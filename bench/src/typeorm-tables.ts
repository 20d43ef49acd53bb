import pg from 'pg'
import type { DataSourceOptions } from 'typeorm'
import { DataSource, EntitySchema } from 'typeorm'

export interface Author {
  id: number
  email: string
  name: string
  createdAt: Date
}

export interface Post {
  id: number
  title: string
  body: string
  views: number
  published: boolean
  createdAt: Date
  author: Author
}

export const authors = new EntitySchema<Author>({
  name: 'Author',
  tableName: 'bench_authors',
  columns: {
    id: { type: 'int', primary: true },
    email: { type: 'varchar' },
    name: { type: 'varchar' },
    createdAt: { type: 'timestamptz' },
  },
})

export const posts = new EntitySchema<Post>({
  name: 'Post',
  tableName: 'bench_posts',
  columns: {
    id: { type: 'int', primary: true },
    title: { type: 'varchar' },
    body: { type: 'text' },
    views: { type: 'int' },
    published: { type: 'boolean' },
    createdAt: { type: 'timestamptz' },
  },
  relations: { author: { type: 'many-to-one', target: 'Author' } },
})

/**
 * `pg` with one pool for all data sources: two connections differ by more than what is measured.
 */
export function sharedPool(connectionString: string): { readonly driver: object; close(): Promise<void> } {
  const pool = new pg.Pool({ connectionString, max: 1 })
  const end = pool.end.bind(pool)
  // Every data source ends it.
  pool.end = (done?: () => void) => Promise.resolve(done?.())
  const Pool = function Pool() {
    return pool
  }
  return { driver: { ...pg, Pool }, close: end }
}

export function connect(driver: object, options: Pick<DataSourceOptions, 'cache'> = {}): Promise<DataSource> {
  return new DataSource({ type: 'postgres', driver, entities: [authors, posts], ...options }).initialize()
}

/** Makes the tables, with 100 authors and a post of each. */
export async function fill(driver: object): Promise<void> {
  const dataSource = await connect(driver)
  await dataSource.synchronize()
  const createdAt = new Date(0)
  await dataSource.getRepository(authors).insert(
    Array.from({ length: 100 }, (_, id) => ({
      id,
      email: `${id}@example.com`,
      name: `Author ${id}`,
      createdAt,
    })),
  )
  await dataSource.getRepository(posts).insert(
    Array.from({ length: 100 }, (_, id) => ({
      id,
      title: `Post ${id}`,
      body: 'body '.repeat(20),
      views: id,
      published: true,
      createdAt,
      author: { id },
    })),
  )
  await dataSource.destroy()
}
