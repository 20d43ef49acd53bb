import { createConnection } from 'mariadb'
import pg from 'pg'
import type { Database } from './model.js'

/** A connection past everything. */
export interface Direct {
  /** Runs statements one after the other. */
  run(statements: readonly string[]): Promise<void>
  close(): Promise<void>
}

/** Connects past everything. */
export function openDirect(database: Database, url: string): Promise<Direct> {
  return database === 'mariadb' ? toMariaDb(url) : toPostgres(url)
}

async function toPostgres(url: string): Promise<Direct> {
  const client = new pg.Client(url)
  await client.connect()
  return {
    run: async (statements) => void (await client.query(statements.join(';\n'))),
    close: () => client.end(),
  }
}

async function toMariaDb(url: string): Promise<Direct> {
  const connection = await createConnection(url)
  return {
    run: async (statements) => {
      for (const sql of statements) await connection.query(sql)
    },
    close: () => connection.end(),
  }
}
