import { createCache } from '@freshet/core'
import type { Cache, CacheEvents } from '@freshet/core'
import { engineOf } from '@freshet/core/adapter'
import type { DataSourceOptions } from 'typeorm'
import { DataSource } from 'typeorm'
import { installCachedReads } from '../../src/repository/index.js'
import { setState } from '../../src/state.js'
import { decoratedEntities, UserSubscriber } from '../support/entities.js'
import { schemaEntities } from '../support/schemas.js'
import { noCatalogue } from '../support/no-catalogue.js'
import { seed } from '../support/seed.js'
import { widePrecision } from '../support/wide-precision.js'

/** A seeded database whose reads can be cached; nothing sees its writes. */
export interface Seeded {
  readonly dataSource: DataSource
  readonly cache: Cache
  /** Every statement that was sent since {@link forget}, with its parameters. */
  readonly sent: string[]
  /** What was emitted since {@link forget}. */
  readonly failures: CacheEvents['failure'][]
  readonly bypasses: CacheEvents['bypass'][]
  forget(): void
  setObstacle(reason: string | undefined): void
}

export async function seededDataSource(
  options: DataSourceOptions = { type: 'better-sqlite3', database: ':memory:' },
  more: { readonly entities?: readonly (new () => object)[]; readonly scope?: () => unknown } = {},
): Promise<Seeded> {
  installCachedReads()
  const sent: string[] = []
  const dataSource = new DataSource({
    ...options,
    entities: [...decoratedEntities, ...schemaEntities(options.type), ...(more.entities ?? [])],
    subscribers: [UserSubscriber],
    synchronize: true,
    logging: ['query'],
    logger: {
      logQuery: (text, parameters) => void sent.push(`${text} ${JSON.stringify(parameters ?? [])}`),
      logQueryError: ignore,
      logQuerySlow: ignore,
      logSchemaBuild: ignore,
      logMigration: ignore,
      log: ignore,
    },
  })
  await dataSource.initialize()
  await seed(dataSource)
  const cache = createCache()
  const failures: CacheEvents['failure'][] = []
  const bypasses: CacheEvents['bypass'][] = []
  cache.on('failure', (event) => failures.push(event))
  cache.on('bypass', (event) => bypasses.push(event))
  let obstacle: string | undefined
  setState(dataSource, {
    ...noCatalogue,
    engine: engineOf(cache)!,
    policy: engineOf(cache)!.policy,
    scope: more.scope,
    identity: 'test',
    precision: widePrecision(dataSource),
    readTags: (tables) => tables ?? ['anything'],
    invalidate: (tables) => cache.invalidate(tables),
    obstacle: (runner) =>
      runner === undefined ? obstacle : runner.isTransactionActive ? 'transaction' : 'queryRunner',
    load: (query) => query(),
  })
  const forget = () => [sent, failures, bypasses].forEach((list) => (list.length = 0))
  forget()
  return {
    dataSource,
    cache,
    sent,
    failures,
    bypasses,
    forget,
    setObstacle: (reason) => void (obstacle = reason),
  }
}

const ignore = (): void => undefined
