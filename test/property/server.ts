import { startPostgres } from '../services/index.js'
import { createPostgresDatabase } from '../services/postgres.js'

/** A PostgreSQL server that databases can be made on. */
export interface Server {
  readonly url: string
  createDatabase(): Promise<string>
  stop(): Promise<void>
}

/** The server at `url`, or one of its own when none is given. */
export async function openServer(url: string | undefined): Promise<Server> {
  if (url === undefined) return startPostgres()
  const { hostname: host, port } = new URL(url)
  const address = {
    kind: 'postgres',
    host,
    port: Number(port),
    url,
    pid: undefined,
    folder: undefined,
  } as const
  return { url, createDatabase: () => createPostgresDatabase(address), stop: async () => undefined }
}
