import type { DataModel, Field, ForeignKey, Key, Model, RelationField, ScalarField } from './data-model.js'
import { toTable } from './data-model.js'
import type { FieldDeclaration, ModelDeclaration, SchemaDeclaration } from './declaration.js'
import { declareFromDmmf } from './declare-from-dmmf.js'
import { declareFromText } from './declare-from-text.js'
import { type Relation, relationName, resolveRelation, tagOf, unknownRelation } from './relations.js'
import { readRuntimeModels, type RuntimeField, type RuntimeModel } from './runtime-model.js'
import { hashSchema } from './schema-hash.js'

/** Where a schema can be read from; the first that is there and understood is used. */
export interface DataModelSource {
  /** The text of schema.prisma, all files joined: `client._engineConfig.inlineSchema`. */
  readonly inlineSchema?: string | undefined
  /** A full DMMF, as generators get it. A pruned one is read as a run-time data model. */
  readonly dmmf?: unknown
  /** `client._runtimeDataModel`: what the other sources are checked against, and the last resort. */
  readonly runtimeDataModel?: unknown
}

/**
 * Reads what a client's schema says about tables, columns, keys and relations.
 *
 * It never throws. Models that the client has and the schema does not have, or has otherwise, are taken from
 * the client and marked as not `known`; `gaps` says so. With no source at all the data model is empty:
 * then nothing can be cached and every write touches everything.
 */
export function readDataModel(source: DataModelSource): DataModel {
  const gaps: string[] = []
  const declared = declare(source, gaps)
  const runtimeModels = readRuntimeModels(source.runtimeDataModel ?? source.dmmf)
  const unknown = runtimeModels.filter((model) => !agrees(model, declared, gaps))
  return build(declared, runtimeModels, unknown, gaps)
}

const nothingDeclared: SchemaDeclaration = {
  provider: undefined,
  relationMode: 'foreignKeys',
  models: [],
  enums: [],
}

function declare({ inlineSchema, dmmf }: DataModelSource, gaps: string[]): SchemaDeclaration {
  if (inlineSchema !== undefined && inlineSchema !== '') {
    try {
      return declareFromText(inlineSchema)
    } catch (error) {
      gaps.push(error instanceof Error ? error.message : String(error))
    }
  }
  return declareFromDmmf(dmmf) ?? nothingDeclared
}

/** Whether the declarations have all that the client has. They may have more: ignored fields and models. */
function agrees(model: RuntimeModel, declared: SchemaDeclaration, gaps: string[]): boolean {
  const declaration = declared.models.find(({ name }) => name === model.name)
  const missing = declaration === undefined ? '' : disagreement(model, declaration)
  if (missing === undefined) return true
  gaps.push(`The schema does not describe the model ${model.name}${missing} as the client has it.`)
  return false
}

function disagreement(model: RuntimeModel, declaration: ModelDeclaration): string | undefined {
  if (model.dbName !== declaration.dbName) return '’s table'
  const wrong = model.fields.find((field) => !agreesOn(field, declaration))
  return wrong && `.${wrong.name}`
}

function agreesOn(field: RuntimeField, declaration: ModelDeclaration): boolean {
  const match = declaration.fields.find(({ name }) => name === field.name)
  if (match === undefined || match.type !== field.type || match.dbName !== field.dbName) return false
  // The name of a many-to-many relation is the name of its table.
  return field.relationName === undefined || field.relationName === relationName(declaration, match)
}

function build(
  declared: SchemaDeclaration,
  runtimeModels: readonly RuntimeModel[],
  unknown: readonly RuntimeModel[],
  gaps: readonly string[],
): DataModel {
  const unknownNames = new Set(unknown.map(({ name }) => name))
  const context: Context = {
    declarations: new Map(declared.models.map((model) => [model.name, model])),
    enums: new Set(declared.enums.map(({ name }) => name)),
    unknown: unknownNames,
    tableOfRuntime: new Map(runtimeModels.map((model) => [model.name, toTable(model.dbName ?? model.name)])),
    foreignKeys: [],
  }
  const models = [
    ...declared.models
      .filter(({ name }) => !unknownNames.has(name))
      .map((model) => toKnownModel(model, context)),
    ...unknown.map((model) => toUnknownModel(model, context)),
  ]
  const foreignKeys = withoutTwins(context.foreignKeys)
  return {
    provider: declared.provider,
    relationMode: declared.relationMode,
    models: new Map(models.map((model) => [model.name, model])),
    tables: new Set([...models.map(({ table }) => table), ...foreignKeys.map(({ child }) => child)]),
    views: viewsAmong(models),
    foreignKeys,
    schemaHash: hashSchema(declared.models, declared.enums, unknown),
    gaps,
  }
}

interface Context {
  readonly declarations: ReadonlyMap<string, ModelDeclaration>
  readonly enums: ReadonlySet<string>
  readonly unknown: ReadonlySet<string>
  readonly tableOfRuntime: ReadonlyMap<string, string>
  readonly foreignKeys: ForeignKey[]
}

function toKnownModel(declaration: ModelDeclaration, context: Context): Model {
  const fields = declaration.fields.map((field) => [field, toField(declaration, field, context)] as const)
  const { primaryKey, uniques } = declaration
  return {
    name: declaration.name,
    kind: declaration.kind,
    table: tagOf(declaration),
    dbName: declaration.dbName ?? declaration.name,
    schema: declaration.schema,
    known: true,
    ignored: declaration.ignored,
    fields: new Map(
      fields.filter(([field]) => isNameable(field, context)).map(([{ name }, field]) => [name, field]),
    ),
    columns: columnsOf(fields.map(([, field]) => field)),
    primaryKey,
    uniques,
    compoundKeys: compoundKeysOf(primaryKey === undefined ? uniques : [primaryKey, ...uniques]),
  }
}

function toField(model: ModelDeclaration, field: FieldDeclaration, context: Context): Field {
  // A model that only the client knows is a model all the same.
  const isRelation = context.declarations.has(field.type) || context.unknown.has(field.type)
  return isRelation ? toRelationField(model, field, context) : toScalarField(field, context)
}

function isNameable(field: FieldDeclaration, context: Context): boolean {
  return !field.ignored && context.declarations.get(field.type)?.ignored !== true
}

function columnsOf(fields: readonly Field[]): ReadonlyMap<string, ScalarField> {
  return new Map(
    fields.flatMap((field) =>
      field.kind === 'scalar' ? [[field.column.toLowerCase(), field] as const] : [],
    ),
  )
}

function compoundKeysOf(keys: readonly Key[]): ReadonlyMap<string, Key> {
  return new Map(
    keys
      .filter(({ name, fields }) => name !== undefined || fields.length > 1)
      .map((key) => [key.name ?? key.fields.join('_'), key]),
  )
}

function toScalarField(field: FieldDeclaration, context: Context): ScalarField {
  return {
    kind: 'scalar',
    name: field.name,
    column: field.dbName ?? field.name,
    type: field.type,
    isEnum: context.enums.has(field.type),
    isUnsupported: field.unsupported,
    nativeType: field.nativeType,
    list: field.arity === 'list',
    optional: field.arity === 'optional',
    updatedAt: field.updatedAt,
    default: field.default,
  }
}

function toRelationField(model: ModelDeclaration, field: FieldDeclaration, context: Context): RelationField {
  const relation = relationBetween(model, field, context)
  context.foreignKeys.push(...relation.foreignKeys)
  return {
    kind: 'relation',
    name: field.name,
    relation: relation.name,
    model: field.type,
    list: field.arity === 'list',
    optional: field.arity === 'optional',
    joinTable: relation.joinTable,
    foreignKey: relation.foreignKey,
  }
}

/** A relation to a model that the client has otherwise than the schema is not believed either. */
function relationBetween(model: ModelDeclaration, field: FieldDeclaration, context: Context): Relation {
  const relation = resolveRelation(model, field, context.declarations)
  if (!context.unknown.has(field.type)) return relation
  return unknownRelation(
    relation.name,
    tagOf(model),
    context.tableOfRuntime.get(field.type) ?? toTable(field.type),
  )
}

function toUnknownModel(model: RuntimeModel, context: Context): Model {
  const table = toTable(model.dbName ?? model.name)
  const fields = model.fields.map((field) => toUnknownField(table, field, context))
  return {
    name: model.name,
    kind: 'unknown',
    table,
    dbName: model.dbName ?? model.name,
    schema: undefined,
    known: false,
    ignored: false,
    fields: new Map(fields.map((field) => [field.name, field])),
    columns: columnsOf(fields),
    primaryKey: undefined,
    uniques: [],
    compoundKeys: new Map(),
  }
}

function toUnknownField(table: string, field: RuntimeField, context: Context): Field {
  if (field.relationName === undefined) return toUnknownScalar(field, context)
  const target = context.tableOfRuntime.get(field.type) ?? toTable(field.type)
  const relation = unknownRelation(field.relationName, table, target)
  context.foreignKeys.push(...relation.foreignKeys)
  return {
    kind: 'relation',
    name: field.name,
    relation: relation.name,
    model: field.type,
    list: undefined,
    optional: undefined,
    joinTable: relation.joinTable,
    foreignKey: undefined,
  }
}

function toUnknownScalar(field: RuntimeField, context: Context): ScalarField {
  return {
    kind: 'scalar',
    name: field.name,
    column: field.dbName ?? field.name,
    type: field.type,
    isEnum: context.enums.has(field.type),
    isUnsupported: false,
    nativeType: undefined,
    list: undefined,
    optional: undefined,
    updatedAt: false,
    default: undefined,
  }
}

/** Both sides of a relation name the same keys. */
function withoutTwins(foreignKeys: readonly ForeignKey[]): readonly ForeignKey[] {
  return [...new Map(foreignKeys.map((key) => [JSON.stringify(key), key])).values()]
}

/** A table that a model maps to as well is no view, whatever another schema of the database has by its name. */
function viewsAmong(models: readonly Model[]): ReadonlySet<string> {
  const tables = new Set(models.filter(({ kind }) => kind === 'model').map(({ table }) => table))
  return new Set(
    models.filter(({ kind, table }) => kind !== 'model' && !tables.has(table)).map(({ table }) => table),
  )
}
