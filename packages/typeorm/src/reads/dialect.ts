import type { SqlDialect } from '@freshet/sql'
import type { DataSource } from 'typeorm'

const dialects: Partial<Record<DataSource['options']['type'], SqlDialect>> = {
  postgres: 'postgresql',
  mysql: 'mysql',
  mariadb: 'mysql',
  'better-sqlite3': 'sqlite',
}

/** The language of a DataSource's SQL; `undefined` if Freshet does not read it. */
export function sqlDialectOf(dataSource: DataSource): SqlDialect | undefined {
  return dialects[dataSource.options.type]
}
