import { setImmediate as nextTurn } from 'node:timers/promises'
import { PrismaBetterSqlite3 } from '@prisma/adapter-better-sqlite3'

type Connection = Awaited<ReturnType<PrismaBetterSqlite3['connect']>>
type Queryable = Pick<Connection, 'queryRaw' | 'executeRaw'>

/**
 * SQLite that takes its time, as a database behind a network does: every statement arrives a turn of the event loop
 * after it was sent, and so does its answer. better-sqlite3 answers before anybody else gets a word in, so without
 * this no read would ever be under way while another visitor writes.
 */
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

async function betweenTurns<T>(work: () => Promise<T>): Promise<T> {
  await nextTurn()
  try {
    return await work()
  } finally {
    await nextTurn()
  }
}
