import type { SqlDriverAdapterFactory } from '@prisma/driver-adapter-utils'
import { pathToFileURL } from 'node:url'
import type { Binding } from '../binding.js'
import { databases } from './databases.js'
import { dialectOf } from '../dialect.js'
import { openDirect } from '../direct.js'
import { Gate } from '../gate.js'
import type { Database, Schema } from '../model.js'
import { PrismaChannel } from './channel.js'
import type { Client } from './client.js'
import { gated } from './gated-factory.js'
import { PrismaMaker } from './maker.js'
import { NarrowPrismaMaker } from './narrow-maker.js'
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

/** Opens Prisma clients with and without a cache. */
export function openPrisma(
  createCaching: (schema: Schema) => Caching,
  database: Database = 'postgresql',
): (seed: string, url: string) => Promise<Binding> {
  return async (seed, url) => {
    const { schema, clientPath } = await prepare(seed, database)
    const { PrismaClient } = (await import(pathToFileURL(clientPath).href)) as { PrismaClient: ClientClass }
    const gate = new Gate()
    const { impatient, patient } = databases[database]
    const factory = gated(impatient(url), gate)
    const caching = createCaching(schema)
    caching.tap?.(factory)
    const create = (): Client => new PrismaClient({ adapter: factory })
    const cached = caching.extend(create())
    const twin = caching.extend(create())
    // On the tapped adapter, without a cache.
    const sibling = create()
    const plain = new PrismaClient({ adapter: patient(url) })
    const direct = await openDirect(database, url)
    return {
      seed,
      schema,
      maker: schema.isNarrow === true ? new NarrowPrismaMaker(schema) : new PrismaMaker(schema),
      cached: new PrismaChannel(cached),
      twin: new PrismaChannel(twin),
      sibling: new PrismaChannel(sibling),
      plain: new PrismaChannel(plain),
      gate,
      underWay: new Set(),
      createSchema: () => direct.run(dialectOf(schema).createSchema(schema)),
      prepareDatabase: (statements) => direct.run(statements),
      clear: () => caching.clear(),
      close: async () => {
        await Promise.all([cached, twin, sibling, plain].map((client) => client.$disconnect()))
        await direct.close()
        await caching.close()
      },
    }
  }
}
