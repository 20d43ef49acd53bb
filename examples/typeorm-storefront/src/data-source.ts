import type { EntranceOptions } from '@freshet-example/storefront'
import { createCache } from '@freshet/core'
import { freshet } from '@freshet/typeorm'
import { DataSource, type DataSourceOptions } from 'typeorm'
import { entities } from './entities.js'
import { OverlappingDataSource } from './overlapping-data-source.js'
import { createStatementLogger } from './statement-logger.js'

/** A DataSource as any application has it. */
export function openPlainDataSource(options: EntranceOptions): Promise<DataSource> {
  return open(options, {})
}

/** The same with Freshet: what asks for it is cached from here on, and writes invalidate what they could change. */
export async function openCachedDataSource(options: EntranceOptions) {
  const cache = createCache()
  const dataSource = await open(options, { cache: freshet({ cache }) })
  return { dataSource, cache }
}

function open(
  { file, onQuery, overlapping = false }: EntranceOptions,
  cacheOption: Pick<DataSourceOptions, 'cache'>,
): Promise<DataSource> {
  const Source = overlapping ? OverlappingDataSource : DataSource
  return new Source({
    type: 'better-sqlite3',
    database: file,
    entities,
    ...(onQuery ? { logger: createStatementLogger(onQuery) } : {}),
    ...cacheOption,
  }).initialize()
}
