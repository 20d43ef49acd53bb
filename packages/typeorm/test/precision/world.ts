import { createStatementTags, createValueBucket, JudgedTags, RowsElsewhere } from '@freshet/core/adapter'
import {
  applyWrite,
  catalogueQueries,
  compared,
  createClassifier,
  createRowAnalyser,
  createWriteReach,
  readCatalogue,
  type SqlDialect,
  uniqueColumns,
} from '@freshet/sql'
import type { DataSource } from 'typeorm'
import { bothConditions, type Conditions } from '../../../core/src/conditions.js'
import { setTableOptions } from '../../src/declared.js'
import { areExcluded } from '../../src/precision/excluded-rows.js'
import type { PreciseLoad } from '../../src/precision/load-precision.js'
import { preciseLoad } from '../../src/precision/load-precision.js'
import type { PreciseRead, ReadPrecision } from '../../src/precision/read-precision.js'
import { createReadPrecision } from '../../src/precision/read-precision.js'
import { Judge } from '../../src/precision/judge.js'
import type { KeptRows } from '../../src/precision/kept-rows.js'
import type { ReadPlan } from '../../src/precision/read-plan.js'
import type { EntityPrecision } from '../../src/precision/table-precision.js'
import { createTablePrecisions } from '../../src/precision/table-precision.js'
import { sqlDialectOf, tablesOf } from '../../src/reads/index.js'
import { tableGraphOf } from '../../src/schema.js'
import { answerOf } from '../../src/tap/answer.js'
import type { Api } from './api.js'
import type { Sent } from './watched-source.js'

/** As it is in the sources. */
export const ownApi: Api = {
  createReadPrecision,
  createTablePrecisions,
  preciseLoad,
  createStatementTags,
  areExcluded,
  Judge,
}

export const declared = { dependsOn: {}, tables: ['broad'] }

/** One way to tell what statements depend on and what they bump. */
export interface Variant {
  readonly name: string
  readonly dialect: SqlDialect
  /** What an answer carries that these statements made. */
  readTags(sent: readonly Sent[]): ReadonlySet<string>
  readonly precision: ReadPrecision
  /** As `preciseLoad`. */
  load(named: readonly string[] | undefined, first?: PreciseRead): PreciseLoad
  /** What is kept of an answer that these statements made: its tags, and the rows on which it depends by their names. */
  kept(sent: readonly Sent[]): Kept
  /** What these statements bump. */
  writeTags(sent: readonly Sent[]): ReadonlySet<string> | 'all'
  /** What is certain of the rows for which some of these tags stand. */
  conditionsOf(sent: readonly Sent[]): Conditions | undefined
  readonly areExcluded: Api['areExcluded']
  readonly judge: Judge
}

export interface Kept {
  readonly tags: ReadonlySet<string>
  readonly rows: KeptRows | undefined
}

export interface VariantOptions {
  /** Rows are held to the rows that their foreign keys reference. */
  readonly isEnforced?: boolean
  readonly entities?: Readonly<Record<string, EntityPrecision>>
  /** Which columns are unique is told as in this dialect. Default: its own. */
  readonly uniqueAsIn?: SqlDialect
}

/** Makes ways to tell what the statements of a DataSource depend on, all from one look at its catalogue. */
export async function variantsOf(dataSource: DataSource) {
  setTableOptions(dataSource, declared)
  const dialect = sqlDialectOf(dataSource)!
  const catalogue = readCatalogue(dialect, await dataSource.query(catalogueQueries[dialect]))
  return (
    name: string,
    { isEnforced = false, entities, uniqueAsIn = dialect }: VariantOptions,
    api: Api = ownApi,
  ): Variant => {
    const tables = api.createTablePrecisions(dataSource, {
      catalogueOf: (table) => catalogue.tables.get(table),
      declared,
      entities,
      bucketOf: createValueBucket('s'),
    })
    const named = (sql: string) => tablesOf(sql, dataSource)
    const isUnique = uniqueColumns(catalogue, uniqueAsIn)
    const judged = new JudgedTags()
    const judge = new api.Judge({ tables, elsewhere: new RowsElsewhere(compared), judged })
    const precision = api.createReadPrecision({
      dialect,
      tables,
      tablesOf: named,
      enforced: isEnforced ? catalogue.foreignKeys : [],
      isUnique,
      onPlan: (plan: ReadPlan) => judge.planned(plan),
      anyTable: '*',
    })
    const statementTags = api.createStatementTags(
      createWriteReach(tableGraphOf(dataSource, declared)),
      tables,
      compared,
      (tag) => judged.has(tag),
    )
    const loadOf: Variant['load'] = (tablesRead, first) =>
      api.preciseLoad({ precision, tables, tablesOf: named, anyTable: '*' }, tablesRead, first)
    const classify = createClassifier(dialect)
    const { planWrite } = createRowAnalyser(dialect)
    const kept = (sent: readonly Sent[]): Kept => {
      const all = [...new Set(sent.flatMap(({ sql }) => named(sql) ?? []))]
      const isKnown = sent.every(({ sql }) => named(sql) !== undefined)
      const load = loadOf(isKnown ? all : undefined)
      const reads = sent.map((one) => ({ ...one, rows: rowsOf(one.result) }))
      const late = load.lateTags(reads)
      return { tags: new Set([...load.tags, ...(late ?? load.clocks)]), rows: load.kept(reads) }
    }
    const change = (sent: readonly Sent[]) => {
      const tags = new Set(['*'])
      let conditions: Conditions | undefined
      for (const { sql, parameters, result } of sent) {
        const statement = classify(sql)
        if (statement.kind !== 'write') continue
        const plan = planWrite(sql)
        const known = plan.kind === 'unknown' ? undefined : tables.columnsOf(plan.table)
        const row = applyWrite(plan, { parameters, ...answerOf(result) }, known)
        const own = statementTags(statement, row)
        if (own === 'all') return { tags: own, conditions: undefined } as const
        conditions = bothConditions(conditions, (tag) => tags.has(tag), own)
        for (const tag of own) tags.add(tag)
      }
      return { tags, conditions }
    }
    return {
      name,
      dialect,
      precision,
      areExcluded: api.areExcluded,
      judge,
      load: loadOf,
      readTags: (sent) => kept(sent).tags,
      kept,
      writeTags: (sent) => change(sent).tags,
      conditionsOf: (sent) => change(sent).conditions,
    }
  }
}

/** Of what was kept with an answer. */
export const shownIn = (rows: unknown): KeptRows['shown'] | undefined => (rows as KeptRows | undefined)?.shown

/** What a runner answers with a structured result. */
export const rowsOf = (result: unknown): unknown => (result as { readonly records?: unknown }).records
