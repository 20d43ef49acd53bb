import {
  type DefaultDeclaration,
  type EnumDeclaration,
  type FieldDeclaration,
  type KeyDeclaration,
  type ModelDeclaration,
  type RelationDeclaration,
  type SchemaDeclaration,
  toReferentialAction,
} from './declaration.js'
import {
  type Argument,
  type Attribute,
  type Block,
  type Expression,
  type FieldSyntax,
  parseSchema,
} from './syntax.js'

/**
 * The declarations of a schema.prisma text.
 *
 * @throws SchemaSyntaxError where the text cannot be understood.
 */
export function declareFromText(text: string): SchemaDeclaration {
  const blocks = parseSchema(text)
  const datasource = blocks.find((block) => block.keyword === 'datasource')
  return {
    provider: textOf(datasource?.assignments.get('provider')),
    relationMode: textOf(datasource?.assignments.get('relationMode')) === 'prisma' ? 'prisma' : 'foreignKeys',
    models: blocks.filter(({ keyword }) => keyword === 'model' || keyword === 'view').map(toModel),
    enums: blocks.filter(({ keyword }) => keyword === 'enum').map(toEnum),
  }
}

function toModel(block: Block): ModelDeclaration {
  const id = attributeOf(block, 'id')
  const ids = block.fields.filter((field) => attributeOf(field, 'id') !== undefined)
  return {
    name: block.name,
    kind: block.keyword === 'view' ? 'view' : 'model',
    dbName: mappedName(block),
    schema: textOf(argumentOf(attributeOf(block, 'schema'), 'name')),
    ignored: attributeOf(block, 'ignore') !== undefined,
    fields: block.fields.map(toField),
    primaryKey: id === undefined ? singleKey(ids[0]) : toKey(id),
    uniques: [
      ...block.fields.filter((field) => isWholeUnique(attributeOf(field, 'unique'))).map(keyOf),
      ...block.attributes
        .filter((attribute) => attribute.name === 'unique' && isWholeUnique(attribute))
        .map(toKey),
    ],
  }
}

function toEnum(block: Block): EnumDeclaration {
  return { name: block.name, values: block.fields.map(({ name }) => name) }
}

function toField(field: FieldSyntax): FieldDeclaration {
  return {
    name: field.name,
    type: field.type,
    arity: field.arity,
    dbName: mappedName(field),
    nativeType: field.attributes.find(({ name }) => name.startsWith('db.'))?.name.slice('db.'.length),
    unsupported: field.unsupported,
    ignored: attributeOf(field, 'ignore') !== undefined,
    updatedAt: attributeOf(field, 'updatedAt') !== undefined,
    default: toDefault(argumentOf(attributeOf(field, 'default'), 'value')),
    relation: toRelation(attributeOf(field, 'relation')),
  }
}

function toDefault(value: Expression | undefined): DefaultDeclaration | undefined {
  if (value === undefined) return undefined
  if (value.kind !== 'call') return { kind: 'value', text: '' }
  if (value.name !== 'dbgenerated') return { kind: 'function', text: value.name }
  return { kind: 'database', text: textOf(value.arguments[0]?.value) ?? '' }
}

function toRelation(attribute: Attribute | undefined): RelationDeclaration | undefined {
  if (attribute === undefined) return undefined
  return {
    name: textOf(argumentOf(attribute, 'name')),
    fields: wordsOf(named(attribute, 'fields')),
    references: wordsOf(named(attribute, 'references')),
    onDelete: toReferentialAction(textOf(named(attribute, 'onDelete'))),
    onUpdate: toReferentialAction(textOf(named(attribute, 'onUpdate'))),
  }
}

function toKey(attribute: Attribute): KeyDeclaration {
  return { name: textOf(named(attribute, 'name')), fields: wordsOf(argumentOf(attribute, 'fields')) }
}

/** A partial unique index, `@@unique([a], where: …)`, makes nothing unique that a query could name. */
const isWholeUnique = (attribute: Attribute | undefined): boolean =>
  attribute !== undefined && named(attribute, 'where') === undefined

const keyOf = (field: FieldSyntax): KeyDeclaration => ({ name: undefined, fields: [field.name] })
const singleKey = (field: FieldSyntax | undefined): KeyDeclaration | undefined => field && keyOf(field)

type Attributed = { readonly attributes: readonly Attribute[] }

const attributeOf = (owner: Attributed, name: string): Attribute | undefined =>
  owner.attributes.find((attribute) => attribute.name === name)

const mappedName = (owner: Attributed): string | undefined =>
  textOf(argumentOf(attributeOf(owner, 'map'), 'name'))

/** The argument with this name, else the one that may go without a name. */
function argumentOf(attribute: Attribute | undefined, name: string): Expression | undefined {
  const isIt = (argument: Argument): boolean => argument.name === undefined || argument.name === name
  return attribute?.arguments.find(isIt)?.value
}

const named = (attribute: Attribute, name: string): Expression | undefined =>
  attribute.arguments.find((argument) => argument.name === name)?.value

function textOf(expression: Expression | undefined): string | undefined {
  return expression?.kind === 'string' || expression?.kind === 'word' ? expression.value : undefined
}

/** The names in a list of fields, where one may be written `title(sort: Desc)`, and a single one without brackets. */
function wordsOf(expression: Expression | undefined): string[] {
  if (expression?.kind === 'list') return expression.items.flatMap(wordsOf)
  if (expression?.kind === 'word') return [expression.value]
  return expression?.kind === 'call' ? [expression.name] : []
}
