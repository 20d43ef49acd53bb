import { startMariaDb, startPostgres } from '../services/index.js'
import { createMariaDbDatabase } from '../services/mariadb.js'
import { createPostgresDatabase } from '../services/postgres.js'
import type { Database } from './model.js'

/** A server that databases can be made on. */
export interface Server {
  readonly url: string
  createDatabase(): Promise<string>
  stop(): Promise<void>
}

/** The server at `url`, or one of its own when none is given. */
export async function openServer(
  url: string | undefined,
  database: Database = 'postgresql',
): Promise<Server> {
  if (url === undefined) return database === 'mariadb' ? startMariaDb() : startPostgres()
  const { hostname: host, port } = new URL(url)
  const common = { host, port: Number(port), url, pid: undefined, folder: undefined }
  const createDatabase = () =>
    database === 'mariadb'
      ? createMariaDbDatabase({ ...common, kind: 'mariadb' })
      : createPostgresDatabase({ ...common, kind: 'postgres' })
  return { url, createDatabase, stop: async () => undefined }
}
