import type { Logger } from 'typeorm'

const ignore = (): void => undefined

/** Tells of every statement that TypeORM sends; the rest TypeORM throws. */
export function createStatementLogger(onQuery: () => void): Logger {
  return {
    logQuery: onQuery,
    logQueryError: ignore,
    logQuerySlow: ignore,
    logSchemaBuild: ignore,
    logMigration: ignore,
    log: ignore,
  }
}
