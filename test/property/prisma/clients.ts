import { PrismaPg } from '@prisma/adapter-pg'
import type { SqlDriverAdapterFactory } from '@prisma/driver-adapter-utils'
import { pathToFileURL } from 'node:url'
import pg from 'pg'
import type { Binding } from '../binding.js'
import { postgres as dialect } from '../dialect.js'
import { Gate } from '../gate.js'
import type { Schema } from '../model.js'
import { PrismaChannel } from './channel.js'
import type { Client } from './client.js'
import { gated } from './gated-factory.js'
import { PrismaMaker } from './maker.js'
import { prepare } from './prepare.js'

/** What turns a plain client into a cached one. Clients of one binding share one cache. */
export interface Caching {
  /** Called once, before any client is made on this factory. */
  tap?(factory: SqlDriverAdapterFactory): void
  extend(client: Client): Client
  /** Forgets everything. */
  clear(): Promise<void>
  close(): Promise<void>
}

type ClientClass = new (options: { adapter: SqlDriverAdapterFactory }) => Client

/** A statement that waits for a lock fails soon, so that a writer outside a transaction cannot block the run. */
const LOCK_TIMEOUT = '-c lock_timeout=40ms'

/** Opens Prisma clients with and without a cache. */
export function openPrisma(
  createCaching: (schema: Schema) => Caching,
): (seed: string, url: string) => Promise<Binding> {
  return async (seed, url) => {
    const { schema, clientPath } = await prepare(seed)
    const { PrismaClient } = (await import(pathToFileURL(clientPath).href)) as { PrismaClient: ClientClass }
    const gate = new Gate()
    const config = { connectionString: url, options: LOCK_TIMEOUT, max: 6 }
    const factory = gated(new PrismaPg(config), gate)
    const caching = createCaching(schema)
    caching.tap?.(factory)
    const create = (): Client => new PrismaClient({ adapter: factory })
    const cached = caching.extend(create())
    const twin = caching.extend(create())
    // On the tapped adapter, without a cache.
    const sibling = create()
    const plain = new PrismaClient({ adapter: new PrismaPg({ connectionString: url, max: 3 }) })
    const direct = new pg.Client(url)
    await direct.connect()
    const prepareDatabase = async (statements: readonly string[]) =>
      void (await direct.query(statements.join(';\n')))
    return {
      seed,
      schema,
      maker: new PrismaMaker(schema),
      cached: new PrismaChannel(cached),
      twin: new PrismaChannel(twin),
      sibling: new PrismaChannel(sibling),
      plain: new PrismaChannel(plain),
      gate,
      createSchema: () => prepareDatabase(dialect.createSchema(schema)),
      prepareDatabase,
      clear: () => caching.clear(),
      close: async () => {
        await Promise.all([cached, twin, sibling, plain].map((client) => client.$disconnect()))
        await direct.end()
        await caching.close()
      },
    }
  }
}
