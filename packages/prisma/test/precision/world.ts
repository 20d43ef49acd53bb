import { PrismaPg } from '@prisma/adapter-pg'
import { Client } from 'pg'
import {
  catalogueQueries,
  createClassifier,
  createRowAnalyser,
  createWriteReach,
  applyWrite,
  compared,
  readCatalogue,
  type KnownColumns,
  type TableChange,
} from '@freshet/sql'
import { tableGraphOf } from '../../src/dependencies/write-closure.js'
import { createReadPrecision, type ReadPrecision } from '../../src/precision/read-precision.js'
import { createTablePrecisions, type ModelPrecision } from '../../src/precision/table-precision.js'
import { bothConditions, type Conditions } from '../../../core/src/conditions.js'
import {
  conditionsOf,
  createStatementTags,
  createValueBucket,
  type StatementTags,
} from '@freshet/core/adapter'
import { readDataModel } from '../../src/schema/read-data-model.js'
import type { Api } from './api.js'
import { generateClient, schemaSql, schemaText } from './generate.js'
import { type Sent, watch } from './watched-adapter.js'

const own: Api = {
  conditionsOf,
  createReadPrecision,
  createStatementTags,
  createTablePrecisions,
  createValueBucket,
}

export const dataModel = readDataModel({ inlineSchema: schemaText })

/** As the schema has them. */
const isUnique = (table: string, column: string): boolean => {
  const model = [...dataModel.models.values()].find((one) => one.table === table)
  const keys = model === undefined ? [] : [model.primaryKey, ...model.uniques]
  return keys.some((key) => {
    const [name, ...others] = key?.fields ?? []
    const field = name === undefined || others.length > 0 ? undefined : model!.fields.get(name)
    return field?.kind === 'scalar' && field.column === column
  })
}

/** What the catalogue says of all tables. */
async function readColumns(client: Client): Promise<ReadonlyMap<string, KnownColumns>> {
  const { rows } = await client.query<object>(catalogueQueries.postgresql)
  const { tables } = readCatalogue('postgresql', rows)
  return new Map(Array.from(tables, ([table, { columns }]) => [table, columns]))
}

/** One way to tell what reads depend on. */
export interface Variant {
  readonly name: string
  readonly precision: ReadPrecision
  tagsOf(sent: readonly Sent[]): ReadonlySet<string> | 'all'
  /** What is certain of the rows for which some of these tags stand. */
  conditionsOf(sent: readonly Sent[]): Conditions | undefined
}

interface VariantOptions {
  readonly isEnforced: boolean
  readonly models?: Readonly<Record<string, ModelPrecision>>
  readonly globalOmit?: unknown
}

export function createVariant(
  name: string,
  columns: ReadonlyMap<string, KnownColumns>,
  { isEnforced, models, globalOmit }: VariantOptions,
  api: Api = own,
): Variant {
  const tables = api.createTablePrecisions(dataModel, {
    columnsOf: (table) => columns.get(table),
    bucketOf: api.createValueBucket('test'),
    models,
  })
  const precision = api.createReadPrecision(dataModel, {
    tables,
    isEnforced: () => isEnforced,
    isUnique,
    globalOmit,
    anyTable: '*',
  })
  return {
    name,
    precision,
    ...createTagsOf(
      api.createStatementTags(createWriteReach(tableGraphOf(dataModel)), tables, compared),
      columns,
    ),
  }
}

function createTagsOf(
  statementTags: StatementTags<TableChange>,
  columns: ReadonlyMap<string, KnownColumns>,
): Pick<Variant, 'tagsOf' | 'conditionsOf'> {
  const classify = createClassifier('postgresql')
  const { planWrite } = createRowAnalyser('postgresql')
  const change = (sent: readonly Sent[]) => {
    const tags = new Set<string>()
    let conditions: Conditions | undefined
    for (const { sql, args, rows, count } of sent) {
      const statement = classify(sql)
      if (statement.kind !== 'write') continue
      const plan = planWrite(sql)
      const known = plan.kind === 'unknown' ? undefined : columns.get(plan.table.name)
      const own = statementTags(statement, applyWrite(plan, { parameters: args, returned: rows }, known))
      if (own === 'all') return { tags: own, conditions: undefined }
      // The database says that no row was concerned.
      if (count === 0) continue
      conditions = bothConditions(conditions, (tag) => tags.has(tag), own)
      for (const tag of own) tags.add(tag)
    }
    tags.add('*')
    return { tags, conditions }
  }
  return { tagsOf: (sent) => change(sent).tags, conditionsOf: (sent) => change(sent).conditions }
}

/** A database with the schema's tables, and a plain client whose statements are seen. */
export async function createWorld(url: string) {
  generateClient()
  const client = new Client(url)
  await client.connect()
  await client.query(schemaSql)
  const columns = await readColumns(client)
  await client.end()
  const generated = new URL('generated/client/client.ts', import.meta.url).href
  const module = (await import(/* @vite-ignore */ generated)) as {
    PrismaClient: new (options: unknown) => GeneratedClient
  }
  const watched = watch(new PrismaPg({ connectionString: url, max: 8 }))
  const prisma = anyClient(new module.PrismaClient({ adapter: watched.factory }))
  return { prisma, columns, sent: watched.sent }
}

type AnyModel = Readonly<Record<string, (args?: unknown) => PromiseLike<unknown>>> & {
  readonly fields: Readonly<Record<string, unknown>>
}

/** A client of which only the run-time face is looked at: arguments are made at random. */
export interface AnyClient {
  model(name: string): AnyModel
  execute(sql: string, ...values: unknown[]): Promise<number>
  disconnect(): Promise<void>
}

interface GeneratedClient {
  $disconnect(): Promise<void>
  $executeRawUnsafe(sql: string, ...values: unknown[]): Promise<number>
}

function anyClient(client: GeneratedClient): AnyClient {
  return {
    model: (name) => (client as unknown as Record<string, AnyModel>)[delegateName(name)]!,
    execute: (sql, ...values) => client.$executeRawUnsafe(sql, ...values),
    disconnect: () => client.$disconnect(),
  }
}

const delegateName = (model: string): string => model.charAt(0).toLowerCase() + model.slice(1)
