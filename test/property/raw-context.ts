import { dialectOf } from './dialect.js'
import { fieldOf, type Model, type Schema } from './model.js'
import type { Random } from './random.js'

/** A statement before it is known what it is an example of. */
export interface Statement {
  readonly sql: string
  readonly answersRows?: boolean
  readonly values?: readonly unknown[]
}

/** What every statement of one model is made of. */
export interface RawContext {
  readonly schema: Schema
  readonly model: Model
  readonly random: Random
  readonly table: string
  readonly name: string
  readonly rank: string
  /** `quote` of the database. */
  readonly q: (name: string) => string
  /** `literal` of the database. */
  readonly literal: (value: unknown) => string
  /** A value of the field's domain. */
  readonly pick: (field: string) => string
  /** A condition that names one row by its primary key. */
  readonly byKey: () => string
  /** `UPDATE` of every row's rank. */
  readonly raise: string
  /** `UPDATE` of every row's name. */
  readonly rename: () => string
}

export type Forms = Readonly<Record<string, () => Statement>>

/** What statements of this model are made of. */
export function contextOf(schema: Schema, model: Model, random: Random): RawContext {
  const { quote: q, literal } = dialectOf(schema)
  const table = q(model.table)
  const name = q(fieldOf(model, 'name').column)
  const rank = q(fieldOf(model, 'rank').column)
  const pick = (field: string): string => literal(random.pick(fieldOf(model, field).domain))
  return {
    schema,
    model,
    random,
    table,
    name,
    rank,
    q,
    literal,
    pick,
    byKey: () => model.id.map((field) => `${q(fieldOf(model, field).column)} = ${pick(field)}`).join(' AND '),
    raise: `UPDATE ${table} SET ${rank} = (${rank} + 1) % 4`,
    rename: () => `UPDATE ${table} SET ${name} = ${pick('name')}`,
  }
}
