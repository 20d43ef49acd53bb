import { mariadb } from './mariadb-dialect.js'
import type { Database, Schema, View } from './model.js'
import { postgres } from './postgres-dialect.js'

/** All SQL that the property test writes itself is made here, so that a database is added in one place. */
export interface Dialect {
  /** Prisma's name for the database. */
  readonly provider: 'postgresql' | 'mysql'
  quote(this: void, name: string): string
  literal(this: void, value: unknown): string
  /** The place of a value in a statement, counted from one. */
  placeholder(this: void, number: number): string
  /** The statements that create the schema in an empty database. */
  createSchema(this: void, schema: Schema): string[]
  /** What raw statements use beside the tables: a part of `createSchema`. */
  createAids(this: void, schema: Schema): string[]
  /** The query of a view. */
  viewQuery(this: void, schema: Schema, view: View): string
  /** One statement that runs all of these and passes over those that fail. */
  attemptAll(this: void, statements: readonly string[]): string
  /** Empties every table and starts the sequences behind the seeded keys. */
  reset(this: void, schema: Schema, firstFreeKey: number): string[]
}

const dialects: Readonly<Record<Database, Dialect>> = { postgresql: postgres, mariadb }

export function dialectOf({ database }: Pick<Schema, 'database'>): Dialect {
  return dialects[database]
}
