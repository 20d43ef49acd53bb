import { Client } from 'pg'
import { startContainer } from './container.js'
import { databaseName } from './database-name.js'
import { sourceOf } from './engine.js'
import type { Binaries } from './binaries.js'
import { startLocalServer } from './local-server.js'
import { ownerFor } from './owner.js'
import { runProgram } from './run-program.js'
import type { Address, Databases, Service } from './service.js'

// Data of tests need not survive a power cut; everything else is as in production.
const settings = {
  fsync: 'off',
  full_page_writes: 'off',
  synchronous_commit: 'off',
  max_connections: '200',
  autovacuum: 'off',
} as const

const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
const url = (host: string, port: number) => `postgresql://postgres:postgres@${host}:${port}/postgres`

/** Starts a PostgreSQL server of its own; its superuser is `postgres`. */
export async function startPostgres(): Promise<Service & Databases> {
  const source = sourceOf('postgres')
  const service = source.from === 'docker' ? await startInContainer() : await startHere(source.binaries)
  return { ...service, createDatabase: async (name) => await createPostgresDatabase(service, name) }
}

/** Creates an empty database on a PostgreSQL server that is running, and returns its URL. */
export async function createPostgresDatabase(server: Address, name = databaseName()): Promise<string> {
  const client = new Client({ connectionString: server.url })
  await client.connect()
  try {
    // template1 could not be copied while anybody is connected to it; nobody can connect to template0.
    await client.query(`CREATE DATABASE ${client.escapeIdentifier(name)} TEMPLATE template0`)
  } finally {
    await client.end()
  }
  return new URL(`/${name}`, server.url).href
}

async function startHere({ server, init }: Binaries): Promise<Service> {
  return await startLocalServer({
    kind: 'postgres',
    command: server,
    args: (folder, port) => ['-D', folder, '-p', String(port), '-h', '127.0.0.1', '-k', folder, ...flags],
    prepare: async (folder, owner) => {
      const args = [
        '-D',
        folder,
        '-U',
        'postgres',
        '--auth=trust',
        '--encoding=UTF8',
        '--locale=C',
        '--no-sync',
      ]
      await runProgram(init ?? 'initdb', args, { ...owner, cwd: folder })
    },
    owner: ownerFor('postgres'),
    ready: /database system is ready to accept connections/,
    stopSignal: 'SIGQUIT',
    url,
  })
}

async function startInContainer(): Promise<Service> {
  return await startContainer({
    kind: 'postgres',
    image: 'postgres:17-alpine',
    port: 5432,
    environment: { POSTGRES_PASSWORD: 'postgres' },
    command: ['postgres', ...flags],
    dataFolder: '/var/lib/postgresql/data',
    // The image starts the server once to set it up and once for good.
    ready: { pattern: /database system is ready to accept connections/, times: 2 },
    url,
  })
}
