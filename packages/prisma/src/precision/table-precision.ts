import type {
  PreciseTable as Precise,
  RowKey as Row,
  TablePrecision as Precision,
  TablePrecisions as Precisions,
  ValueBucket,
  WatchedKey as Watched,
} from '@freshet/core/adapter'
import { invalidOption, nearest, preciseTable, print, wideTable } from '@freshet/core/adapter'
import { type KnownColumns, numbersAmong, type ValueType } from '@freshet/sql'
import { type DependsOn, resolveDependsOn } from '../dependencies/depends-on.js'
import { selfChangingColumns } from '../dependencies/self-changing-columns.js'
import type { DataModel, Key, Model } from '../schema/data-model.js'
import { type JoinTable, joinTablesOf } from './join-table.js'

export type WatchedKey = Watched<ValueType>
export type RowKey = Row<ValueType>
export type PreciseTable = Precise<ValueType>
export type TablePrecision = Precision<ValueType>
export type TablePrecisions = Precisions<ValueType>

/** What is told apart of one model. */
export interface ModelPrecision {
  /** `table`: every write to the model's table stops all reads of it. Default `row`, where the table allows it. */
  readonly precision?: 'row' | 'table' | undefined
  /**
   * Fields, or lists of fields that a `where` names together, by whose values reads are told apart beside the primary
   * key, the uniques and the foreign keys. Every write pays for each. Default: none.
   */
  readonly watch?: readonly (string | readonly string[])[] | undefined
  /**
   * Fields that are written so often that reads which do not look at them are told apart from those that do. Default: those
   * that hold numbers.
   */
  readonly volatile?: readonly string[] | undefined
  /** Of how many rows at most Freshet asks whose they are, when a count or an average of them is loaded. Default 0. */
  readonly members?: number | undefined
}

/** What is told apart in the tables of a schema. */
export interface PrecisionOptions {
  /** By the names of models. Default: none. */
  readonly models?: Readonly<Record<string, ModelPrecision>> | undefined
  /** Of tables that `models` does not tell. Default `row`. */
  readonly otherwise?: 'row' | 'table' | undefined
}

/** Options of {@link createTablePrecisions}. */
export interface TablePrecisionOptions extends PrecisionOptions {
  /**
   * The columns of a table from the database's catalogue, by its tag. `undefined`: not known, or a trigger, rule or
   * partition makes its statements say less than they do; either way the table has table precision.
   */
  readonly columnsOf: (table: string) => KnownColumns | undefined
  /** Columns that any update may change, beside those of which the schema tells. Default: none. */
  readonly selfChangingOf?: ((table: string) => readonly string[]) | undefined
  /** What the schema cannot tell; a table that is made from others has table precision. Default: none. */
  readonly dependsOn?: DependsOn | undefined
  /** Stands in front of all tags. Default: nothing. */
  readonly prefix?: string | undefined
  /** Makes the value part of tags. */
  readonly bucketOf: ValueBucket
}

/**
 * Tells for every table of a schema what is told apart in it.
 *
 * @throws FreshetError INVALID_OPTION for an unknown name in `models` or `dependsOn`.
 */
export function createTablePrecisions(dataModel: DataModel, options: TablePrecisionOptions): TablePrecisions {
  assertModels(dataModel, options.models)
  const context = contextOf(dataModel, options)
  const made = new Map<string, TablePrecision>()
  return {
    of(table) {
      let precision = made.get(table)
      if (precision === undefined) made.set(table, (precision = precisionOf(table, context)))
      return precision
    },
  }
}

interface Context {
  readonly dataModel: DataModel
  readonly options: TablePrecisionOptions
  readonly modelsOf: ReadonlyMap<string, readonly Model[]>
  readonly joinTables: ReadonlyMap<string, JoinTable>
  /** Tables that a declaration makes from others. */
  readonly made: ReadonlySet<string>
  readonly selfChanging: ReadonlyMap<string, ReadonlySet<string>>
}

function contextOf(dataModel: DataModel, options: TablePrecisionOptions): Context {
  const modelsOf = new Map<string, Model[]>()
  for (const model of dataModel.models.values())
    modelsOf.set(model.table, [...(modelsOf.get(model.table) ?? []), model])
  const { sourcesOf } = resolveDependsOn(options.dependsOn, dataModel)
  return {
    dataModel,
    options,
    modelsOf,
    joinTables: joinTablesOf(dataModel),
    made: new Set([...dataModel.tables].filter((table) => sourcesOf(table) !== undefined)),
    selfChanging: selfChangingColumns(dataModel),
  }
}

function precisionOf(name: string, context: Context): TablePrecision {
  const { prefix = '', columnsOf, selfChangingOf, bucketOf, models } = context.options
  const model = context.modelsOf.get(name)?.[0]
  const reason = whyWide(name, model, context)
  if (reason !== undefined) return wideTable(prefix, name, reason)
  const columns = columnsOf(name)
  if (columns === undefined) {
    const why = 'its columns are not known from the database, or a trigger, rule or partition is on it'
    return wideTable(prefix, name, why)
  }
  return preciseTable({
    prefix,
    name,
    columns,
    rowKey: model === undefined ? joinColumns : rowColumnsOf(model),
    keys: model === undefined ? [['A'], ['B']] : keysOf(model, context),
    volatile: volatileColumns(model, columns, models),
    selfChanging: [
      ...new Set([...(context.selfChanging.get(name) ?? []), ...(selfChangingOf?.(name) ?? [])]),
    ],
    bucketOf,
  })
}

const joinColumns = ['A', 'B'] as const

function volatileColumns(
  model: Model | undefined,
  columns: KnownColumns,
  models: PrecisionOptions['models'],
): readonly string[] {
  if (model === undefined) return numbersAmong(columns)
  const asked = models?.[model.name]?.volatile
  // Every update that Prisma sends assigns these.
  const updatedAt = [...model.columns.values()].filter((field) => field.updatedAt)
  return [
    ...((asked && columnsOfFields(model, asked)) ?? numbersAmong(columns)),
    ...updatedAt.map(({ column }) => column),
  ]
}

/** What keeps a table from being told apart, whatever the database says of it. */
function whyWide(name: string, model: Model | undefined, context: Context): string | undefined {
  const { models, otherwise } = context.options
  const grain = (model && models?.[model.name]?.precision) ?? otherwise
  if (grain === 'table') return "its precision is 'table'"
  if (model === undefined)
    return context.joinTables.has(name) ? undefined : 'the schema does not tell what it is'
  if (context.modelsOf.get(name)!.length > 1) return 'several models share its name'
  if (!model.known) return 'the schema describes it otherwise than the client has it'
  if (model.kind !== 'model') return 'it is a view'
  if (context.made.has(name)) return "'dependsOn' says that it is made from other tables"
  return undefined
}

/** Its primary key, or else a unique that cannot be NULL. */
function rowColumnsOf(model: Model): readonly string[] | undefined {
  const isRequired = ({ fields }: Key) =>
    fields.every((name) => {
      const field = model.fields.get(name)
      return field?.kind === 'scalar' && field.optional === false
    })
  const key = model.primaryKey ?? model.uniques.find(isRequired)
  return key && columnsOfFields(model, key.fields)
}

/** Keys, uniques, foreign keys, and what is asked for. */
function keysOf(model: Model, { dataModel, options }: Context): readonly (readonly string[])[] {
  const foreign = dataModel.foreignKeys.filter(({ child }) => child === model.table)
  const watch = options.models?.[model.name]?.watch ?? []
  return [
    ...[model.primaryKey, ...model.uniques].map((key) => key && columnsOfFields(model, key.fields)),
    ...foreign.map(({ columns }) => columns?.map((column) => model.columns.get(column)?.column)),
    ...watch.map((names) => columnsOfFields(model, typeof names === 'string' ? [names] : names)),
  ].flatMap((columns) => (columns === undefined || !isWhole(columns) ? [] : [columns]))
}

const isWhole = (columns: readonly (string | undefined)[]): columns is readonly string[] =>
  columns.every((column) => column !== undefined)

function columnsOfFields(model: Model, fields: readonly string[]): readonly string[] | undefined {
  const columns = fields.map((name) => {
    const field = model.fields.get(name)
    return field?.kind === 'scalar' ? field.column : undefined
  })
  return isWhole(columns) ? columns : undefined
}

function assertModels(dataModel: DataModel, models: TablePrecisionOptions['models'] = {}): void {
  for (const [name, given] of Object.entries(models)) {
    const model = dataModel.models.get(name)
    if (model === undefined) throw unknownName(`models`, name, [...dataModel.models.keys()])
    const { precision, watch = [], volatile = [] } = given
    if (precision !== undefined && precision !== 'row' && precision !== 'table') {
      throw invalidOption(
        `The option 'models.${name}.precision' must be 'row' or 'table', but ${print(precision)} was given.`,
      )
    }
    if (!isListOfKeys(watch)) {
      throw invalidOption(
        `The option 'models.${name}.watch' must be an array of field names, or of lists of them, such as ['slug', ['tenantId', 'status']], but ${print(watch)} was given.`,
      )
    }
    if (!Array.isArray(volatile) || !volatile.every((field) => typeof field === 'string')) {
      throw invalidOption(
        `The option 'models.${name}.volatile' must be an array of field names, such as ['views'], but ${print(volatile)} was given.`,
      )
    }
    const scalars = [...model.fields.values()]
      .filter(({ kind }) => kind === 'scalar')
      .map((field) => field.name)
    for (const field of watch.flat())
      if (!scalars.includes(field)) throw unknownName(`models.${name}.watch`, field, scalars)
    for (const field of volatile)
      if (!scalars.includes(field)) throw unknownName(`models.${name}.volatile`, field, scalars)
  }
}

const isListOfKeys = (watch: unknown): boolean =>
  Array.isArray(watch) && watch.flat().every((name) => typeof name === 'string')

function unknownName(option: string, name: string, known: readonly string[]): Error {
  const near = nearest(name, known)
  return invalidOption(
    `The option '${option}' names '${name}', which the Prisma schema does not have.` +
      (near === undefined ? '' : ` Did you mean '${near}'?`),
  )
}
