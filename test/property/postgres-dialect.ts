import { editView, sideTable, touchFunction } from './aids.js'
import type { Dialect } from './dialect.js'
import { fieldOf, type Model, type ScalarKind, type Schema } from './model.js'
import { ENUM_VALUES } from './random-schema.js'
import { allTables, columnList, tableStatements, viewQuery, type TableWords } from './tables-sql.js'

const TYPES: Record<ScalarKind, string> = {
  int: 'INTEGER',
  string: 'TEXT',
  boolean: 'BOOLEAN',
  float: 'DOUBLE PRECISION',
  decimal: 'DECIMAL(65,30)',
  dateTime: 'TIMESTAMP(3)',
  bigint: 'BIGINT',
  bytes: 'BYTEA',
  json: 'JSONB',
  enum: '"Level"',
  strings: 'TEXT[]',
  uuid: 'UUID',
}

const words: TableWords = {
  types: TYPES,
  sequence: (type) => (type === 'BIGINT' ? 'BIGSERIAL' : 'SERIAL'),
  quote,
}

export const postgres: Dialect = {
  provider: 'postgresql',
  quote,
  literal,
  placeholder: (number) => `$${number}`,
  createSchema: (schema) => [
    ...(schema.isTiny ? ['CREATE EXTENSION IF NOT EXISTS citext'] : []),
    `CREATE TYPE "${schema.enumName}" AS ENUM (${ENUM_VALUES.map(literal).join(', ')})`,
    ...tableStatements(words, schema),
    ...createAids(schema),
  ],
  createAids,
  viewQuery: (schema, view) => viewQuery(words, schema, view),
  attemptAll: (statements) => {
    const attempts = statements.map((sql) => `BEGIN ${sql}; EXCEPTION WHEN OTHERS THEN NULL; END;`)
    return `DO $$ BEGIN ${attempts.join(' ')} END $$`
  },
  reset: (schema, firstFreeKey) => [
    `TRUNCATE ${allTables(schema).map(quote).join(', ')} RESTART IDENTITY CASCADE`,
    ...schema.models
      .filter((model) => model.hasSequence)
      .map((model) => {
        const column = fieldOf(model, 'id').column
        const sequence = `pg_get_serial_sequence(${literal(quote(model.table))}, ${literal(column)})`
        return `SELECT setval(${sequence}, ${firstFreeKey}, false)`
      }),
  ],
}

function createAids(schema: Schema): string[] {
  return [
    ...schema.models.flatMap((model) => [
      createEditView(model),
      createTouchFunction(model),
      ...createTrigger(model),
    ]),
    `CREATE TABLE ${quote(sideTable)} (id SERIAL PRIMARY KEY)`,
  ]
}

function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

function literal(value: unknown): string {
  if (value === null || value === undefined) return 'NULL'
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean')
    return Object.is(value, -0) ? `'-0'` : String(value)
  if (value instanceof Date) return `'${value.toISOString().replace('Z', '')}'`
  if (value instanceof Uint8Array) return `'\\x${Buffer.from(value).toString('hex')}'`
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return `'${text.replaceAll("'", "''")}'`
}

function createEditView(model: Model): string {
  return `CREATE VIEW "${editView(model)}" AS SELECT ${columnList(words, model, [...model.id, 'name'])} FROM ${quote(model.table)}`
}

function createTouchFunction(model: Model): string {
  const rank = quote(fieldOf(model, 'rank').column)
  return (
    `CREATE FUNCTION "${touchFunction(model)}"() RETURNS integer LANGUAGE plpgsql VOLATILE AS ` +
    `$$ BEGIN UPDATE ${quote(model.table)} SET ${rank} = (${rank} + 1) % 4; RETURN 1; END $$`
  )
}

function createTrigger(model: Model): string[] {
  if (model.trigger === undefined) return []
  const [sets, to] = [model.trigger.sets, model.trigger.to].map((name) => quote(fieldOf(model, name).column))
  const name = `follow_${model.name.toLowerCase()}`
  return [
    `CREATE FUNCTION "${name}"() RETURNS trigger LANGUAGE plpgsql AS ` +
      `$$ BEGIN NEW.${sets} := NEW.${to}; RETURN NEW; END $$`,
    `CREATE TRIGGER "${name}" BEFORE INSERT OR UPDATE ON ${quote(model.table)} FOR EACH ROW EXECUTE FUNCTION "${name}"()`,
  ]
}
