import { createCachedMariaDb, createMariaDbDatabase } from './mariadb.js'
import { createCachedPostgres, createPostgresDatabase } from './postgres.js'

/** A client with the cache; of MariaDB's the types are those of PostgreSQL's, from which nothing differs that both are asked. */
export type Shop = ReturnType<typeof createCachedPostgres>

/** What is tried alike on both servers. */
export const databases = [
  ['PostgreSQL', createPostgresDatabase, createCachedPostgres],
  [
    'MariaDB',
    createMariaDbDatabase,
    (...args: Parameters<typeof createCachedMariaDb>) => createCachedMariaDb(...args) as unknown as Shop,
  ],
] as const
