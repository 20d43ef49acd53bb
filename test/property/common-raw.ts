import { dialectOf } from './dialect.js'
import {
  fieldOf,
  joinTable,
  modelOf,
  type Field,
  type ForeignKey,
  type ManyToMany,
  type Model,
  type Schema,
} from './model.js'
import type { Random } from './random.js'
import type { Forms, RawContext, Statement } from './raw-context.js'
import { sqlValue } from './seed-rows.js'

/** `INSERT INTO … VALUES` of one row, without what may be left out. */
export function insertValues({ schema, model, random, table, q }: RawContext): string {
  const fields = model.fields.filter(
    (field) => field.role !== 'computed' && (!field.optional || field.role === 'id' || schema.isTiny),
  )
  const columns = fields.map((field) => q(field.column)).join(', ')
  const values = fields.map((field) => sqlValue(schema, field, random.pick(field.domain)))
  return `INSERT INTO ${table} (${columns}) VALUES (${values.join(', ')})`
}

/** Copies of a few rows under a new key. */
export function insertSelect({ model, random, table, q, pick }: RawContext): Statement {
  const fields = model.fields.filter(({ role }) => role !== 'computed')
  const columns = fields.map((field) => q(field.column)).join(', ')
  const values = fields.map((field) =>
    model.id.includes(field.name) || field.isUnique ? pick(field.name) : `s.${q(field.column)}`,
  )
  const [first] = model.id
  return {
    sql:
      `INSERT INTO ${table} (${columns}) SELECT ${values.join(', ')} FROM ${table} AS s ` +
      `WHERE s.${q(fieldOf(model, first!).column)} = ${pick(first!)}${random.chance(0.2) ? ' OR 1 = 0' : ''}`,
  }
}

/** Conditions whose values are of another type than the column, or are written in another way. */
export function oddlyWritten(context: RawContext): Forms {
  const { model, random, q, raise, table, name } = context
  const fields = model.fields.filter(({ kind }) => Object.hasOwn(ODD, kind))
  const condition = (): string => {
    const field = random.pick(fields)
    return random.pick(ODD[field.kind]!)(q(field.column), random.pick(field.domain), context)
  }
  return {
    oddUpdate: () => ({ sql: `${raise} WHERE ${condition()}` }),
    oddRename: () => ({ sql: `UPDATE ${table} SET ${name} = ${context.pick('name')} WHERE ${condition()}` }),
    oddDelete: () => ({ sql: `DELETE FROM ${table} WHERE ${condition()} AND ${condition()}` }),
  }
}

type Odd = (column: string, value: unknown, context: RawContext) => string

const asText: Odd = (column, value) => `${column} = '${String(value)}'`

const ODD: Partial<Record<Field['kind'], readonly Odd[]>> = {
  int: [
    asText,
    (column, value) => `${column} = ${String(value)}.0`,
    (column, value) => `${column} = -(-${String(value)})`,
    (column, value) => `'${String(value)}' = ${column}`,
    (column, value, { schema }) =>
      schema.database === 'mariadb' ? `${column} = ' 0${String(value)}'` : `${column} = ' ${String(value)} '`,
  ],
  bigint: [asText, (column, value) => `${column} = ${String(value)}.00`],
  decimal: [
    (column, value) => `${column} = ${String(value)}000`,
    (column, value) => `${column} = '${String(value)}0'`,
  ],
  string: [
    (column, value) => `${column} = '${String(value)} '`,
    (column, value) => `${column} = '${String(value).toUpperCase()}'`,
    (column, value) => `${column} IN ('${String(value).toLowerCase()}', '${String(value)}  ')`,
  ],
  boolean: [
    (column, value, { schema }) =>
      `${column} = ${schema.database === 'mariadb' ? Number(value) : `'${value ? 'yes' : 'off'}'`}`,
  ],
  enum: [
    (column, value, { schema }) =>
      `${column} = '${schema.database === 'mariadb' ? String(value).toLowerCase() : String(value)}'`,
  ],
  uuid: [
    (column, value) => `${column} = '${String(value).toUpperCase()}'`,
    (column, value, { schema }) =>
      schema.database === 'mariadb' ? `${column} = '${String(value)} '` : `${column} = '{${String(value)}}'`,
  ],
  bytes: [
    (column, value, { schema }) =>
      schema.database === 'mariadb'
        ? `${column} = 0x${Buffer.from(value as Uint8Array).toString('hex')}`
        : `${column} = decode('${Buffer.from(value as Uint8Array).toString('hex')}', 'hex')`,
  ],
}

/** A foreign key of the schema, with its two tables and the condition that joins `c`, the child, to `p`. */
export function joinedByKey({ schema, random, q }: RawContext): { child: Model; parent: Model; on: string } {
  const key = random.pick(
    schema.relations.filter((relation): relation is ForeignKey => relation.type === 'foreignKey'),
  )
  const child = modelOf(schema, key.child)
  const parent = modelOf(schema, key.parent)
  const on = key.columns.map(
    (column, index) =>
      `c.${q(fieldOf(child, column).column)} = p.${q(fieldOf(parent, key.references[index]!).column)}`,
  )
  return { child, parent, on: on.join(' AND ') }
}

/** A row of a join table that comes, or all rows of a key that go. */
export function randomJoinRow({ schema, random }: RawContext): Statement {
  const links = schema.relations.filter((relation) => relation.type === 'manyToMany')
  return joinRow(schema, random.pick(links), random)
}

/** A row of this join table that comes, or all rows of a key that go. */
export function joinRow(schema: Schema, relation: ManyToMany, random: Random): Statement {
  const { quote, literal } = dialectOf(schema)
  const key = (model: string): string => literal(random.pick(fieldOf(modelOf(schema, model), 'id').domain))
  const a = key(relation.a)
  const table = quote(joinTable(relation))
  if (random.chance(0.4)) return { sql: `DELETE FROM ${table} WHERE ${quote('A')} = ${a}` }
  const values = `${table} (${quote('A')}, ${quote('B')}) VALUES (${a}, ${key(relation.b)})`
  return {
    sql:
      schema.database === 'mariadb'
        ? `INSERT IGNORE INTO ${values}`
        : `INSERT INTO ${values} ON CONFLICT DO NOTHING`,
  }
}
