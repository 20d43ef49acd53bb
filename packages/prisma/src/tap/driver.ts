/*
 * The shapes of Prisma's driver adapters that the tap stands on, described here rather than imported:
 * the package that declares them (`@prisma/driver-adapter-utils`) is a dependency of the adapters, not
 * of applications.
 */

export interface SqlQuery {
  readonly sql: string
  readonly args?: readonly unknown[]
  readonly argTypes?: readonly unknown[]
}

interface Queryable {
  queryRaw(query: SqlQuery): Promise<unknown>
  executeRaw(query: SqlQuery): Promise<number>
}

export interface DriverConnection extends Queryable {
  executeScript(script: string): Promise<void>
  startTransaction(isolationLevel?: string): Promise<DriverTransaction>
  dispose(): Promise<void>
}

export interface DriverTransaction extends Queryable {
  /**
   * Without phantom queries the engine sends `COMMIT` and `ROLLBACK` as statements, and `commit()` and
   * `rollback()` only give the connection back (pg, neon, better-sqlite3); with them, `commit()` commits.
   */
  readonly options: { readonly usePhantomQuery: boolean }
  commit(): Promise<void>
  rollback(): Promise<void>
  /** Of adapters that can. */
  rollbackToSavepoint?(name: string): Promise<void>
}

export interface DriverFactory {
  readonly provider: string
  readonly adapterName: string
  connect(): Promise<DriverConnection>
}

/** What a query answers, as lists in the order of its columns. */
export async function rowsThrough(connection: DriverConnection, sql: string): Promise<readonly unknown[]> {
  const { rows } = (await connection.queryRaw({ sql, args: [], argTypes: [] })) as { rows: unknown }
  if (Array.isArray(rows)) return rows as readonly unknown[]
  throw new TypeError('The driver adapter answered without rows')
}

type Overrides<T> = { readonly [Name in keyof T]?: T[Name] }

/**
 * `target` with some of its members replaced. Everything else is reached on the target itself, because
 * adapters keep private fields that a derived object could not read.
 */
export function override<T extends object>(target: T, overrides: Overrides<T>): T {
  return new Proxy(target, {
    get(inner, property) {
      if (Object.hasOwn(overrides, property)) return Reflect.get(overrides, property)
      const value: unknown = Reflect.get(inner, property, inner)
      return typeof value === 'function' ? value.bind(inner) : value
    },
  })
}
