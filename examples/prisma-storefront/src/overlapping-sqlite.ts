import { betweenTurns } from '@freshet-example/storefront'
import { PrismaBetterSqlite3 } from '@prisma/adapter-better-sqlite3'

type Connection = Awaited<ReturnType<PrismaBetterSqlite3['connect']>>
type Queryable = Pick<Connection, 'queryRaw' | 'executeRaw'>

/** SQLite whose statements take their time, so that those of several visitors overlap. */
export class OverlappingSqlite extends PrismaBetterSqlite3 {
  override async connect(): Promise<Connection> {
    const connection = takeTurns(await super.connect())
    const startTransaction = connection.startTransaction.bind(connection)
    connection.startTransaction = async (level) => takeTurns(await startTransaction(level))
    return connection
  }
}

function takeTurns<T extends Queryable>(queryable: T): T {
  const queryRaw = queryable.queryRaw.bind(queryable)
  const executeRaw = queryable.executeRaw.bind(queryable)
  queryable.queryRaw = (query) => betweenTurns(() => queryRaw(query))
  queryable.executeRaw = (query) => betweenTurns(() => executeRaw(query))
  return queryable
}
