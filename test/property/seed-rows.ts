import { dialectOf } from './dialect.js'
import { fieldOf, joinTable, modelOf, type Field, type ManyToMany, type Model, type Schema } from './model.js'
import { randomFrom, type Random } from './random.js'
import { SEED_ROWS } from './random-schema.js'

/** The statements that bring the database to the first state of an episode. */
export function seedStatements(schema: Schema, seed: string, episode: number): string[] {
  const random = randomFrom('seed', schema.name, seed, episode)
  return [...dialectOf(schema).reset(schema, SEED_ROWS + 1), refillStatement(schema, random)]
}

/** One statement that adds the rows that an episode begins with, as far as they are not there and fit. */
export function refillStatement(schema: Schema, random: Random): string {
  const rows = schema.models.flatMap((model) =>
    seededKeys(model).map((_, row) => insertRow(schema, model, row, random)),
  )
  const links = schema.relations.flatMap((relation) =>
    relation.type === 'manyToMany' ? insertLinks(schema, relation, random) : [],
  )
  return dialectOf(schema).attemptAll([...rows, ...links])
}

function insertRow(schema: Schema, model: Model, row: number, random: Random): string {
  const { quote } = dialectOf(schema)
  const values = rowOf(schema, model, row, random)
  const fields = model.fields.filter(({ role }) => role !== 'computed')
  const columns = fields.map((field) => quote(field.column)).join(', ')
  const list = fields.map((field) => sqlValue(schema, field, values[field.name])).join(', ')
  return `INSERT INTO ${quote(model.table)} (${columns}) VALUES (${list})`
}

function insertLinks(schema: Schema, relation: ManyToMany, random: Random): string[] {
  const keys = (name: string): unknown[] => seededKeys(modelOf(schema, name)).flat()
  const all = keys(relation.a).flatMap((one) => keys(relation.b).map((other) => [one, other]))
  const { quote, literal } = dialectOf(schema)
  const into = `${quote(joinTable(relation))} (${quote('A')}, ${quote('B')})`
  return random.sample(all, 8).map((pair) => `INSERT INTO ${into} VALUES (${pair.map(literal).join(', ')})`)
}

function rowOf(schema: Schema, model: Model, row: number, random: Random): Record<string, unknown> {
  const values: Record<string, unknown> = {}
  for (const field of model.fields) {
    if (['data', 'updatedAt', 'special'].includes(field.role)) values[field.name] = random.pick(field.domain)
    if (field.role === 'code') values[field.name] = field.domain[row]
  }
  model.id.forEach((name, part) => (values[name] = seededKeys(model)[row]?.[part]))
  for (const end of model.ends) {
    if (!end.ownsKey || end.relation.type !== 'foreignKey') continue
    const { columns, references, oneToOne } = end.relation
    const parent = modelOf(schema, end.target)
    const isAbsent = end.optional && (end.model === end.target || random.chance(0.35))
    const parentRow = oneToOne ? row : random.int(0, Math.min(SEED_ROWS, seededKeys(parent).length) - 1)
    columns.forEach((column, part) => {
      values[column] = isAbsent ? null : referenced(parent, references[part]!, parentRow)
    })
  }
  return values
}

function referenced(parent: Model, name: string, row: number): unknown {
  if (!parent.id.includes(name)) return fieldOf(parent, name).domain[row]
  return seededKeys(parent)[row]?.[parent.id.indexOf(name)]
}

/** The primary keys that every episode starts with: the first values of the domains. */
function seededKeys(model: Model): unknown[][] {
  const [first, second] = model.id.map((name) => fieldOf(model, name).domain)
  if (!first) return []
  if (!second) return first.slice(0, SEED_ROWS).map((value) => [value])
  return first
    .slice(0, 2)
    .flatMap((one) => second.map((other) => [one, other]))
    .slice(0, SEED_ROWS)
}

/** A value as SQL has it in a statement. */
export function sqlValue(schema: Schema, field: Field, value: unknown): string {
  const { literal } = dialectOf(schema)
  if (field.kind === 'strings') return `ARRAY[${(value as string[]).map(literal).join(', ')}]::text[]`
  if (field.kind === 'json') return literal(JSON.stringify(value))
  return literal(value)
}
