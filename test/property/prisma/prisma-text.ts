import { dialectOf } from '../dialect.js'
import type { End, Field, ForeignKey, Model, ScalarKind, Schema, View } from '../model.js'
import { ENUM_VALUES } from '../random-schema.js'

const TYPES: Record<ScalarKind, string> = {
  int: 'Int',
  string: 'String',
  boolean: 'Boolean',
  float: 'Float',
  decimal: 'Decimal',
  dateTime: 'DateTime',
  bigint: 'BigInt',
  bytes: 'Bytes',
  json: 'Json',
  enum: 'Level',
  strings: 'String[]',
  uuid: 'String',
}

export type Generator = 'prisma-client' | 'prisma-client-js'

/** The `schema.prisma` of a schema; the client is generated into `output`. */
export function prismaText(schema: Schema, generator: Generator, output: string): string {
  return [
    `generator client {`,
    `  provider        = "${generator}"`,
    `  output          = "${output}"`,
    `  previewFeatures = ["views"]`,
    `}`,
    `datasource db {`,
    `  provider = "${dialectOf(schema).provider}"`,
    `}`,
    `enum ${schema.enumName} {`,
    ...ENUM_VALUES.map((value) => `  ${value}`),
    `}`,
    ...schema.models.map(modelText),
    ...schema.views.map(viewText),
    '',
  ].join('\n')
}

function modelText(model: Model): string {
  return block('model', model.name, [
    ...model.fields.map(fieldText),
    ...model.ends.map(endText),
    ...(model.id.length > 1 ? [`@@id([${model.id.join(', ')}])`] : []),
    ...model.compoundUniques.map((names) => `@@unique([${names.join(', ')}])`),
    ...(model.table === model.name ? [] : [`@@map("${model.table}")`]),
  ])
}

function viewText(view: View): string {
  return block('view', view.name, [...view.fields.map(fieldText), `@@map("${view.table}")`])
}

function block(keyword: string, name: string, lines: readonly string[]): string {
  return [`${keyword} ${name} {`, ...lines.map((line) => `  ${line}`), '}'].join('\n')
}

function fieldText(field: Field): string {
  const type = TYPES[field.kind] + (field.optional ? '?' : '')
  const unique = field.isUnique ? ['@unique'] : []
  const map = field.column === field.name ? [] : [`@map("${field.column}")`]
  return [field.name, type, ...field.attributes, ...unique, ...map].join(' ')
}

function endText(end: End): string {
  const type = end.target + (end.isList ? '[]' : end.optional || !end.ownsKey ? '?' : '')
  const key = end.ownsKey && end.relation.type === 'foreignKey' ? `, ${keyText(end.relation)}` : ''
  return `${end.field} ${type} @relation("${end.relation.name}"${key})`
}

function keyText(key: ForeignKey): string {
  return [
    `fields: [${key.columns.join(', ')}]`,
    `references: [${key.references.join(', ')}]`,
    ...(key.onDelete ? [`onDelete: ${key.onDelete}`] : []),
    ...(key.onUpdate ? [`onUpdate: ${key.onUpdate}`] : []),
  ].join(', ')
}
