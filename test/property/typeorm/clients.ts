import { createCache } from '@freshet/core'
import { freshet } from '@freshet/typeorm'
import type { DataSourceOptions } from 'typeorm'
import { DataSource } from 'typeorm'
import type { Binding, Open } from '../binding.js'
import { dialectOf } from '../dialect.js'
import { openDirect } from '../direct.js'
import { Gate } from '../gate.js'
import type { Database } from '../model.js'
import { DataSourceChannel, RunnerChannel } from './channel.js'
import { entitiesOf, type Entities } from './entities.js'
import { treeStatements } from './extras.js'
import { BufferedStream, gatedDriver } from './gated-driver.js'
import { gatedMysql } from './gated-mysql.js'
import { TypeormMaker } from './maker.js'
import { NarrowTypeormMaker } from './narrow-maker.js'
import { extendedSchema } from './schema-of.js'

/** Opens DataSources with and without a cache; two of them share one. */
export function openTypeorm(database: Database = 'postgresql'): Open {
  return (seed, url) => open(seed, database, url)
}

async function open(seed: string, database: Database, url: string): Promise<Binding> {
  const extended = extendedSchema(seed, database)
  const entities = entitiesOf(extended)
  const { schema } = extended
  const dialect = dialectOf(schema)
  const gate = new Gate()
  const cache = createCache()
  const options = optionsFor(database, url, entities)
  const asked = Object.fromEntries(schema.models.map(({ name }) => [name, { members: 100 }]))
  const gated = (): DataSource =>
    new DataSource({ ...options, ...gatedBy(database, gate), cache: freshet({ cache, entities: asked }) })
  const cached = gated()
  const twin = gated()
  const plain = new DataSource(options)
  await plain.initialize()
  const direct = await openDirect(database, url)
  return {
    seed,
    schema,
    maker: new (schema.isNarrow === true ? NarrowTypeormMaker : TypeormMaker)(extended, entities),
    cached: new DataSourceChannel(cached, 'cached'),
    twin: new DataSourceChannel(twin, 'cached'),
    sibling: new RunnerChannel(cached),
    plain: new DataSourceChannel(plain, 'plain'),
    gate,
    underWay: new Set(),
    createSchema: async () => {
      // What TypeORM's entities cannot say, such as a rule of a column, only SQL creates.
      if (!schema.isTiny) await plain.synchronize()
      await direct.run(schema.isTiny ? dialect.createSchema(schema) : dialect.createAids(schema))
      // Not before: of tables that others create afterwards they would know nothing, and tell nothing apart in them.
      for (const dataSource of [cached, twin]) {
        await dataSource.initialize()
        Object.assign(dataSource.driver, { loadStreamDependency: () => BufferedStream })
      }
    },
    prepareDatabase: (statements) => direct.run(statements),
    seedsAfter: treeStatements(dialect.quote, extended),
    clear: () => cache.clear(),
    close: async () => {
      const opened = [plain, cached, twin].filter(({ isInitialized }) => isInitialized)
      await Promise.all(opened.map((dataSource) => dataSource.destroy()))
      await direct.close()
      await cache.close()
    },
  }
}

function optionsFor(database: Database, url: string, { schemas }: Entities): DataSourceOptions {
  const common = { url, entities: [...schemas] }
  return database === 'mariadb'
    ? { ...common, type: 'mariadb', extra: { connectionLimit: 3 } }
    : { ...common, type: 'postgres', extra: { max: 3 } }
}

/** A gate, and statements that fail soon when they wait for a lock, so that a writer outside a transaction cannot block the run. */
function gatedBy(database: Database, gate: Gate): Pick<DataSourceOptions, 'driver' | 'extra'> {
  return database === 'mariadb'
    ? { driver: gatedMysql(gate), extra: { connectionLimit: 6 } }
    : { driver: gatedDriver(gate), extra: { max: 6, options: '-c lock_timeout=40ms' } }
}
