import { join } from 'node:path'
import { createConnection } from 'mariadb'
import type { Binaries } from './binaries.js'
import { startContainer } from './container.js'
import { databaseName } from './database-name.js'
import { sourceOf } from './engine.js'
import { startLocalServer } from './local-server.js'
import { ownerFor } from './owner.js'
import { runProgram } from './run-program.js'
import type { Address, Databases, Service } from './service.js'

// Data of tests need not survive a power cut; everything else is as in production.
const flags = [
  '--innodb-flush-log-at-trx-commit=0',
  '--innodb-doublewrite=0',
  '--innodb-buffer-pool-size=128M',
  '--skip-log-bin',
  '--skip-name-resolve',
  '--performance-schema=OFF',
  '--max-connections=500',
  '--character-set-server=utf8mb4',
] as const

const url = (host: string, port: number) => `mariadb://root@${host}:${port}/mysql`

/** Starts a MariaDB server of its own; its superuser is `root`, without a password. */
export async function startMariaDb(): Promise<Service & Databases> {
  const source = sourceOf('mariadb')
  const service = source.from === 'docker' ? await startInContainer() : await startHere(source.binaries)
  return { ...service, createDatabase: async (name) => await createMariaDbDatabase(service, name) }
}

/** Creates an empty database on a MariaDB server that is running, and returns its URL. */
export async function createMariaDbDatabase(server: Address, name = databaseName()): Promise<string> {
  const connection = await createConnection(server.url)
  try {
    await connection.query(`CREATE DATABASE ${connection.escapeId(name)}`)
  } finally {
    await connection.end()
  }
  return new URL(`/${name}`, server.url).href
}

async function startHere({ server, init }: Binaries): Promise<Service> {
  return await startLocalServer({
    kind: 'mariadb',
    command: server,
    args: (folder, port) => [
      '--no-defaults',
      `--datadir=${folder}`,
      `--port=${port}`,
      '--bind-address=127.0.0.1',
      `--socket=${join(folder, 'mariadb.sock')}`,
      `--pid-file=${join(folder, 'mariadb.pid')}`,
      ...flags,
    ],
    prepare: async (folder, owner) => {
      const args = [
        '--no-defaults',
        `--datadir=${folder}`,
        '--auth-root-authentication-method=normal',
        '--skip-test-db',
      ]
      await runProgram(init ?? 'mariadb-install-db', args, { ...owner, cwd: folder })
    },
    owner: ownerFor('mysql'),
    ready: /ready for connections/,
    stopSignal: 'SIGKILL',
    url,
  })
}

async function startInContainer(): Promise<Service> {
  return await startContainer({
    kind: 'mariadb',
    image: 'mariadb:11',
    port: 3306,
    environment: { MARIADB_ALLOW_EMPTY_ROOT_PASSWORD: '1', MARIADB_ROOT_HOST: '%' },
    command: [...flags],
    dataFolder: '/var/lib/mysql',
    // The image starts the server once to set it up and once for good.
    ready: { pattern: /ready for connections/, times: 2 },
    url,
  })
}
