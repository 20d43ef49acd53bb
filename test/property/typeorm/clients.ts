import pg from 'pg'
import { createCache } from '@freshet/core'
import { freshet } from '@freshet/typeorm'
import type { DataSourceOptions } from 'typeorm'
import { DataSource } from 'typeorm'
import type { Binding } from '../binding.js'
import { postgres as dialect } from '../dialect.js'
import { Gate } from '../gate.js'
import { DataSourceChannel, RunnerChannel } from './channel.js'
import { entitiesOf, type Entities } from './entities.js'
import { treeStatements } from './extras.js'
import { BufferedStream, gatedDriver } from './gated-driver.js'
import { TypeormMaker } from './maker.js'
import { extendedSchema } from './schema-of.js'

/** A statement that waits for a lock fails soon, so that a writer outside a transaction cannot block the run. */
const LOCK_TIMEOUT = '-c lock_timeout=40ms'

/** Opens DataSources with and without a cache; two of them share one. */
export async function openTypeorm(seed: string, url: string): Promise<Binding> {
  const extended = extendedSchema(seed)
  const entities = entitiesOf(extended)
  const { schema } = extended
  const gate = new Gate()
  const cache = createCache()
  const cached = gatedDataSource(url, entities, gate, freshet({ cache }))
  const twin = gatedDataSource(url, entities, gate, freshet({ cache }))
  const plain = new DataSource({ ...optionsFor(url, entities), extra: { max: 3 } })
  const direct = new pg.Client(url)
  const dataSources = [plain, cached, twin]
  for (const dataSource of dataSources) await dataSource.initialize()
  for (const { driver } of [cached, twin])
    Object.assign(driver, { loadStreamDependency: () => BufferedStream })
  await direct.connect()
  const prepareDatabase = async (statements: readonly string[]) =>
    void (await direct.query(statements.join(';\n')))
  return {
    seed,
    schema,
    maker: new TypeormMaker(extended, entities),
    cached: new DataSourceChannel(cached, 'cached'),
    twin: new DataSourceChannel(twin, 'cached'),
    sibling: new RunnerChannel(cached),
    plain: new DataSourceChannel(plain, 'plain'),
    gate,
    createSchema: async () => {
      await plain.synchronize()
      await prepareDatabase(dialect.createAids(schema))
    },
    prepareDatabase,
    seedsAfter: treeStatements(dialect.quote, extended),
    clear: () => cache.clear(),
    close: async () => {
      await Promise.all(dataSources.map((dataSource) => dataSource.destroy()))
      await direct.end()
      await cache.close()
    },
  }
}

function optionsFor(url: string, { schemas }: Entities): DataSourceOptions & { readonly type: 'postgres' } {
  return { type: 'postgres', url, entities: [...schemas] }
}

function gatedDataSource(
  url: string,
  entities: Entities,
  gate: Gate,
  cache: NonNullable<DataSourceOptions['cache']>,
): DataSource {
  return new DataSource({
    ...optionsFor(url, entities),
    driver: gatedDriver(gate),
    extra: { max: 6, options: LOCK_TIMEOUT },
    cache,
  })
}
