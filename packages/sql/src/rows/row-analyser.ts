import { LRUCache } from 'lru-cache'
import type { SqlDialect } from '../dialect.js'
import { planRead } from './plan-read.js'
import { planWrite } from './plan-write.js'
import type { ReadPlan } from './read-plan.js'
import type { WritePlan } from './write-plan.js'

/** Plans of the texts of one dialect, each made once while it is remembered. */
export interface RowAnalyser {
  readonly dialect: SqlDialect
  /** As `planWrite`. */
  planWrite(sql: string): WritePlan
  /** As `planRead`. */
  planRead(sql: string): ReadPlan
}

const maxEntries = 2000
const maxTotalLength = 4_194_304
// Of a text as long as this the rows are many, and each is sent once.
const maxTextLength = 32_768

/** Creates an analyser with a bounded memory: of writes and of reads each 2000 texts, 4 million characters. */
export function createRowAnalyser(dialect: SqlDialect): RowAnalyser {
  return {
    dialect,
    planWrite: remembering((sql) => planWrite(sql, dialect)),
    planRead: remembering((sql) => planRead(sql, dialect)),
  }
}

function remembering<Plan extends object>(make: (sql: string) => Plan): (sql: string) => Plan {
  const plans = new LRUCache<string, Plan>({
    max: maxEntries,
    maxSize: maxTotalLength,
    sizeCalculation: (_plan, sql) => sql.length + 1,
  })
  return (sql) => {
    const known = plans.get(sql)
    if (known !== undefined) return known
    const plan = make(sql)
    if (sql.length <= maxTextLength) plans.set(sql, plan)
    return plan
  }
}
