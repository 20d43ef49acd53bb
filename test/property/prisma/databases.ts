import { PrismaMariaDb } from '@prisma/adapter-mariadb'
import { PrismaPg } from '@prisma/adapter-pg'
import type { SqlDriverAdapterFactory } from '@prisma/driver-adapter-utils'
import type { Database } from '../model.js'

interface Factories {
  /** A statement that waits for a lock fails soon, so that a writer outside a transaction cannot block the run. */
  impatient(this: void, url: string): SqlDriverAdapterFactory
  patient(this: void, url: string): SqlDriverAdapterFactory
}

/** The driver adapters that the test's clients are made on. */
export const databases: Readonly<Record<Database, Factories>> = {
  postgresql: {
    impatient: (url) => new PrismaPg({ connectionString: url, options: '-c lock_timeout=40ms', max: 6 }),
    patient: (url) => new PrismaPg({ connectionString: url, max: 3 }),
  },
  mariadb: {
    impatient: (url) =>
      new PrismaMariaDb({
        ...addressOf(url),
        connectionLimit: 6,
        initSql: 'SET SESSION innodb_lock_wait_timeout = 0, lock_wait_timeout = 1',
      }),
    patient: (url) => new PrismaMariaDb({ ...addressOf(url), connectionLimit: 3 }),
  },
}

function addressOf(url: string) {
  const { hostname: host, port, username: user, pathname } = new URL(url)
  return { host, port: Number(port), user, database: pathname.slice(1) }
}
