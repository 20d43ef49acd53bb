import {
  type DefaultDeclaration,
  type FieldDeclaration,
  type ModelDeclaration,
  type RelationDeclaration,
  type SchemaDeclaration,
  toReferentialAction,
} from './declaration.js'
import { recordOf, recordsOf, stringOf, stringsOf, type UnknownRecord } from './unknown-record.js'

/**
 * The declarations in a full DMMF document, as Prisma gives it to generators; undefined if `dmmf` is none.
 * The DMMF that Prisma 7's clients carry is pruned (no `isList`, no keys) and counts as none.
 * A DMMF knows no ignored models, no provider and no relation mode, so the schema's text is better.
 */
export function declareFromDmmf(dmmf: unknown): SchemaDeclaration | undefined {
  const datamodel = recordOf(recordOf(dmmf)?.['datamodel']) ?? recordOf(dmmf)
  const models = recordsOf(datamodel?.['models'])
  if (models.length === 0 || !models.every(isFullModel)) return undefined
  return {
    provider: undefined,
    relationMode: 'foreignKeys',
    models: models.map(toModel),
    enums: recordsOf(datamodel?.['enums']).map((declared) => ({
      name: stringOf(declared['name']) ?? '',
      values: recordsOf(declared['values']).flatMap((value) => stringOf(value['name']) ?? []),
    })),
  }
}

function isFullModel(model: UnknownRecord): boolean {
  const fields = recordsOf(model['fields'])
  return typeof model['name'] === 'string' && fields.every((field) => typeof field['isList'] === 'boolean')
}

function toModel(model: UnknownRecord): ModelDeclaration {
  const fields = recordsOf(model['fields'])
  const primaryKey = recordOf(model['primaryKey'])
  const id = fields.find((field) => field['isId'] === true)
  return {
    name: stringOf(model['name']) ?? '',
    // Nothing else here tells a model from a view, which cannot have a primary key.
    kind: primaryKey !== undefined || id !== undefined ? 'model' : 'unknown',
    dbName: stringOf(model['dbName']),
    schema: stringOf(model['schema']),
    ignored: false,
    fields: fields.map(toField),
    primaryKey:
      primaryKey !== undefined ? toKey(primaryKey) : id && { name: undefined, fields: [nameOf(id)] },
    uniques: [
      ...fields
        .filter((field) => field['isUnique'] === true)
        .map((field) => ({ name: undefined, fields: [nameOf(field)] })),
      ...recordsOf(model['uniqueIndexes']).map(toKey),
    ],
  }
}

const nameOf = (record: UnknownRecord): string => stringOf(record['name']) ?? ''
const toKey = (key: UnknownRecord) => ({ name: stringOf(key['name']), fields: stringsOf(key['fields']) })

function toField(field: UnknownRecord): FieldDeclaration {
  return {
    name: nameOf(field),
    type: stringOf(field['type']) ?? '',
    arity: toArity(field),
    dbName: stringOf(field['dbName']),
    nativeType: Array.isArray(field['nativeType']) ? stringOf(field['nativeType'][0]) : undefined,
    unsupported: field['kind'] === 'unsupported',
    ignored: false,
    updatedAt: field['isUpdatedAt'] === true,
    default: field['hasDefaultValue'] === true ? toDefault(field['default']) : undefined,
    relation: field['kind'] === 'object' ? toRelation(field) : undefined,
  }
}

function toArity(field: UnknownRecord): FieldDeclaration['arity'] {
  if (field['isList'] === true) return 'list'
  return field['isRequired'] === true ? 'required' : 'optional'
}

function toDefault(value: unknown): DefaultDeclaration {
  const call = recordOf(value)
  const name = stringOf(call?.['name'])
  if (call === undefined || name === undefined) return { kind: 'value', text: '' }
  if (name !== 'dbgenerated') return { kind: 'function', text: name }
  const [expression] = Array.isArray(call['args']) ? call['args'] : []
  return { kind: 'database', text: stringOf(expression) ?? '' }
}

function toRelation(field: UnknownRecord): RelationDeclaration {
  return {
    name: stringOf(field['relationName']),
    fields: stringsOf(field['relationFromFields']),
    references: stringsOf(field['relationToFields']),
    onDelete: toReferentialAction(stringOf(field['relationOnDelete'])),
    onUpdate: toReferentialAction(stringOf(field['relationOnUpdate'])),
  }
}
