import { createHash } from 'node:crypto'
import type { SqlDialect, UnderstoodSql } from '@freshet/sql'
import { analyseStatement, valuesApart } from '@freshet/sql'
import { LRUCache } from 'lru-cache'
import type { DataSource } from 'typeorm'
import type { TableOptions } from '../declared.js'
import { tableOptionsOf } from '../declared.js'
import { sqlDialectOf } from './dialect.js'
import { KnownTables } from './known-tables.js'

/** What is known of one text that TypeORM is about to read with. */
export interface ReadPlan {
  /** Why its answer may be neither served nor stored, whoever asks, if so. */
  readonly obstacle: string | undefined
  /** The tables that it reads, views expanded, lower-cased, without schema; `undefined`: nobody can tell. */
  readonly tables: readonly string[] | undefined
  /** Stands for the text in keys. */
  readonly digest: string
}

// TypeORM writes numbers into the text on SQLite, so texts are as many as ids there.
const maxRemembered = 10_000
const maxRememberedLength = 16 * 2 ** 20

class ReadPlans {
  readonly metadatas: DataSource['entityMetadatas']
  readonly declared: TableOptions
  readonly #dataSource: DataSource
  readonly #known: KnownTables | undefined
  readonly #plans = new LRUCache<string, ReadPlan>({
    max: maxRemembered,
    maxSize: maxRememberedLength,
    sizeCalculation: (_plan, sql) => sql.length + 1,
  })

  constructor(dataSource: DataSource) {
    const dialect = sqlDialectOf(dataSource)
    this.#dataSource = dataSource
    this.metadatas = dataSource.entityMetadatas
    this.declared = tableOptionsOf(dataSource)
    this.#known = dialect === undefined ? undefined : new KnownTables(dataSource, dialect)
  }

  of(sql: string): ReadPlan {
    let plan = this.#plans.get(sql)
    if (plan === undefined) this.#plans.set(sql, (plan = this.#make(sql)))
    return plan
  }

  #make(sql: string): ReadPlan {
    const digest = createHash('sha256').update(sql).digest('base64url')
    const dialect = sqlDialectOf(this.#dataSource)
    if (dialect === undefined) return { obstacle: 'dialect', tables: undefined, digest }
    const apart = valuesApart(sql, undefined, dialect).sql
    return apart === sql ? this.#analyse(sql, dialect, digest) : { ...this.of(apart), digest }
  }

  #analyse(sql: string, dialect: SqlDialect, digest: string): ReadPlan {
    const analysis = analyseStatement(sql, dialect)
    if (analysis.kind === 'unknown') return { obstacle: 'not understood', tables: undefined, digest }
    return { obstacle: obstacleOf(analysis), tables: this.#tablesOf(sql, analysis), digest }
  }

  #tablesOf(sql: string, { calls, readTables }: UnderstoodSql): readonly string[] | undefined {
    // A function that is not the database's own may read whatever it likes.
    if (calls.length > 0) return undefined
    return this.#known?.tablesIn(sql, readTables)
  }
}

function obstacleOf(analysis: UnderstoodSql): string | undefined {
  if (analysis.writesAnything) return 'write'
  if (analysis.statements.some(({ locks }) => locks)) return 'lock'
  if (analysis.session || analysis.controlsTransaction) return 'session'
  return undefined
}

const byDataSource = new WeakMap<DataSource, ReadPlans>()

/** What is known of `sql` when `dataSource` reads with it. Remembered by text, as long as the entities are the same. */
export function readPlanOf(dataSource: DataSource, sql: string): ReadPlan {
  let plans = byDataSource.get(dataSource)
  if (plans === undefined || isOutdated(plans, dataSource)) {
    byDataSource.set(dataSource, (plans = new ReadPlans(dataSource)))
  }
  return plans.of(sql)
}

/** Initializing again builds the metadata anew, and `setOptions()` may declare something else. */
function isOutdated({ metadatas, declared }: ReadPlans, dataSource: DataSource): boolean {
  return metadatas !== dataSource.entityMetadatas || declared !== tableOptionsOf(dataSource)
}
