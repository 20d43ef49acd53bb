import { LRUCache } from 'lru-cache'
import type { SqlDialect } from '../dialect.js'
import { planWrite } from './plan-write.js'
import type { WritePlan } from './write-plan.js'

/** Plans of the texts of one dialect, each made once while it is remembered. */
export interface RowAnalyser {
  readonly dialect: SqlDialect
  /** As `planWrite`. */
  planWrite(sql: string): WritePlan
}

const maxEntries = 2000
const maxTotalLength = 4_194_304
// Of a text as long as this the rows are many, and each is sent once.
const maxTextLength = 32_768

/** Creates an analyser with a bounded memory: 2000 texts, 4 million characters. */
export function createRowAnalyser(dialect: SqlDialect): RowAnalyser {
  const writes = new LRUCache<string, WritePlan>({
    max: maxEntries,
    maxSize: maxTotalLength,
    sizeCalculation: (_plan, sql) => sql.length + 1,
  })
  return {
    dialect,
    planWrite(sql) {
      const known = writes.get(sql)
      if (known !== undefined) return known
      const plan = planWrite(sql, dialect)
      if (sql.length <= maxTextLength) writes.set(sql, plan)
      return plan
    },
  }
}
