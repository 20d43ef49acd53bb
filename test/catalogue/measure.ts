/*
 * What asking for the catalogue costs: `npx tsx --conditions=@freshet/source test/catalogue/measure.ts [tables]`.
 */
import { performance } from 'node:perf_hooks'
import Database from 'better-sqlite3'
import { createConnection } from 'mariadb'
import { Client } from 'pg'
import { catalogueQueries, readCatalogue, type SqlDialect } from '@freshet/sql'
import { startMariaDb, startPostgres } from '../services/index.js'

const count = Number(process.argv[2] ?? 200)
const rounds = 15
const keys = {
  postgresql: 'serial PRIMARY KEY',
  mysql: 'int AUTO_INCREMENT PRIMARY KEY',
  sqlite: 'INTEGER PRIMARY KEY',
}

type Run = (sql: string) => Promise<readonly unknown[]>

/** Twelve columns, three keys and a foreign key each. */
const table = (dialect: SqlDialect, index: number): string => `CREATE TABLE t${index} (
  id ${keys[dialect]}, parent_id int, email varchar(190) NOT NULL UNIQUE, slug varchar(190), tenant_id int NOT NULL DEFAULT 0,
  ${['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((name) => `${name} varchar(100)`).join(', ')},
  UNIQUE (tenant_id, slug)${index === 0 ? '' : `, FOREIGN KEY (parent_id) REFERENCES t${index - 1} (id) ON DELETE CASCADE`})`

const told = (times: number[]): string => {
  const sorted = times.toSorted((a, b) => a - b).map((time) => time.toFixed(1))
  return `best ${sorted[0]} ms, median ${sorted[times.length >> 1]} ms, first ${times[0]!.toFixed(1)} ms`
}

async function measure(dialect: SqlDialect, run: Run): Promise<void> {
  for (let index = 0; index < count; index++) await run(table(dialect, index))
  const [asked, read]: [number[], number[]] = [[], []]
  let rows: readonly unknown[] = []
  for (let round = 0; round < rounds; round++) {
    const begun = performance.now()
    rows = await run(catalogueQueries[dialect])
    const answered = performance.now()
    readCatalogue(dialect, rows)
    asked.push(answered - begun)
    read.push(performance.now() - answered)
  }
  console.log(`${dialect}, ${count} tables, ${rows.length} rows. Asked: ${told(asked)}. Read: ${told(read)}`)
}

const database = new Database(':memory:')
await measure('sqlite', async (sql) => {
  const statement = database.prepare(sql)
  return statement.reader ? statement.all() : [statement.run()]
})

const postgres = await startPostgres()
const client = new Client({ connectionString: await postgres.createDatabase() })
await client.connect()
await measure('postgresql', async (sql) => (await client.query<object>(sql)).rows)
await client.end()
await postgres.stop()

const mariadb = await startMariaDb()
const connection = await createConnection((await mariadb.createDatabase()).replace(/^mysql:/, 'mariadb:'))
await measure('mysql', async (sql) => {
  const answer: unknown = await connection.query(sql)
  return Array.isArray(answer) ? answer : []
})
await connection.end()
await mariadb.stop()
