import { recordOf, recordsOf, stringOf, type UnknownRecord } from './unknown-record.js'

/** A model as a generated client knows it at run time: names and types, no arity, no keys, no actions. */
export interface RuntimeModel {
  readonly name: string
  readonly dbName: string | undefined
  readonly fields: readonly RuntimeField[]
}

export interface RuntimeField {
  readonly name: string
  readonly type: string
  readonly dbName: string | undefined
  /** Only relation fields have one. */
  readonly relationName: string | undefined
}

/** The models in `client._runtimeDataModel`, or in the pruned `Prisma.dmmf`; none if it is neither. */
export function readRuntimeModels(source: unknown): RuntimeModel[] {
  const root = recordOf(recordOf(source)?.['datamodel']) ?? recordOf(source)
  const models = root?.['models']
  if (Array.isArray(models))
    return recordsOf(models).map((model) => toModel(stringOf(model['name']) ?? '', model))
  return Object.entries(recordOf(models) ?? {}).map(([name, model]) => toModel(name, recordOf(model) ?? {}))
}

function toModel(name: string, model: UnknownRecord): RuntimeModel {
  return { name, dbName: stringOf(model['dbName']), fields: recordsOf(model['fields']).map(toField) }
}

function toField(field: UnknownRecord): RuntimeField {
  return {
    name: stringOf(field['name']) ?? '',
    type: stringOf(field['type']) ?? '',
    dbName: stringOf(field['dbName']),
    relationName: field['kind'] === 'object' ? stringOf(field['relationName']) : undefined,
  }
}
