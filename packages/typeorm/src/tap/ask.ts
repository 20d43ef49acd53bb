import type { SqlDialect } from '@freshet/sql'
import type { DataSource, QueryRunner, ReplicationMode } from 'typeorm'

type Rows = readonly unknown[]
type CreateQueryRunner = (mode: ReplicationMode) => QueryRunner

interface Postgres {
  query(sql: string): Promise<{ readonly rows: Rows }>
}

/** `mysql` and `mysql2` */
interface MySql {
  query(sql: string, answered: (error: Error | null, rows: Rows) => void): unknown
}

interface Sqlite {
  prepare(sql: string): { all(): Rows }
}

/**
 * Asks a DataSource's master past the tap, past loggers and past subscribers: what is asked is nobody's query.
 *
 * @param createQueryRunner makes one that is not tapped
 * @throws what the driver throws
 */
export async function rowsOf(
  sql: string,
  dialect: SqlDialect,
  { driver }: DataSource,
  createQueryRunner: CreateQueryRunner,
): Promise<Rows> {
  // There is one for all, and its runner is in use.
  if (dialect === 'sqlite')
    return (driver as unknown as { databaseConnection: Sqlite }).databaseConnection.prepare(sql).all()
  const runner = createQueryRunner('master')
  try {
    const connection: unknown = await runner.connect()
    return await (dialect === 'postgresql'
      ? askPostgres(connection as Postgres, sql)
      : askMySql(connection as MySql, sql))
  } finally {
    await runner.release()
  }
}

async function askPostgres(connection: Postgres, sql: string): Promise<Rows> {
  return (await connection.query(sql)).rows
}

function askMySql(connection: MySql, sql: string): Promise<Rows> {
  return new Promise((resolve, reject) => {
    connection.query(sql, (error, rows) => {
      if (error === null) resolve(rows)
      else reject(error)
    })
  })
}
