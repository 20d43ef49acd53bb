import { editView, sideTable, touchFunction } from './aids.js'
import type { Dialect } from './dialect.js'
import { fieldOf, type Model, type ScalarKind, type Schema } from './model.js'
import { ENUM_VALUES } from './random-schema.js'
import { allTables, columnList, tableStatements, viewQuery, type TableWords } from './tables-sql.js'

const TYPES: Record<ScalarKind, string> = {
  int: 'INT',
  string: 'VARCHAR(64)',
  boolean: 'BOOLEAN',
  float: 'DOUBLE',
  decimal: 'DECIMAL(20,6)',
  dateTime: 'DATETIME(3)',
  bigint: 'BIGINT',
  bytes: 'VARBINARY(16)',
  json: 'JSON',
  enum: `ENUM(${ENUM_VALUES.map((value) => `'${value}'`).join(', ')})`,
  strings: 'JSON',
  uuid: 'CHAR(36)',
}

const words: TableWords = { types: TYPES, sequence: (type) => `${type} AUTO_INCREMENT`, quote }

export const mariadb: Dialect = {
  provider: 'mysql',
  quote,
  literal,
  placeholder: () => '?',
  createSchema: (schema) => [...tableStatements(words, schema), ...createAids(schema)],
  createAids,
  viewQuery: (schema, view) => viewQuery(words, schema, view),
  attemptAll: (statements) =>
    `BEGIN NOT ATOMIC DECLARE CONTINUE HANDLER FOR SQLEXCEPTION BEGIN END; ${statements.join('; ')}; END`,
  reset: (schema, firstFreeKey) => [
    'SET FOREIGN_KEY_CHECKS = 0',
    ...allTables(schema).map((table) => `DELETE FROM ${quote(table)}`),
    ...schema.models
      .filter((model) => model.hasSequence)
      .map((model) => `ALTER TABLE ${quote(model.table)} AUTO_INCREMENT = ${firstFreeKey}`),
    'SET FOREIGN_KEY_CHECKS = 1',
  ],
}

function createAids(schema: Schema): string[] {
  return [
    ...schema.models.flatMap((model) => [
      createEditView(model),
      ...createTouchRoutines(model),
      ...createTriggers(model),
    ]),
    `CREATE TABLE ${quote(sideTable)} (id INT AUTO_INCREMENT PRIMARY KEY)`,
  ]
}

function quote(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``
}

function literal(value: unknown): string {
  if (value === null || value === undefined) return 'NULL'
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean')
    return Object.is(value, -0) ? '-0e0' : String(value)
  if (value instanceof Date) return `'${value.toISOString().replace('Z', '').replace('T', ' ')}'`
  if (value instanceof Uint8Array) return `x'${Buffer.from(value).toString('hex')}'`
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`
}

function createEditView(model: Model): string {
  return `CREATE VIEW ${quote(editView(model))} AS SELECT ${columnList(words, model, [...model.id, 'name'])} FROM ${quote(model.table)}`
}

function createTouchRoutines(model: Model): string[] {
  const rank = quote(fieldOf(model, 'rank').column)
  const name = quote(touchFunction(model))
  const raise = `UPDATE ${quote(model.table)} SET ${rank} = (${rank} + 1) % 4`
  return [
    `CREATE FUNCTION ${name}() RETURNS INT MODIFIES SQL DATA BEGIN ${raise}; RETURN 1; END`,
    `CREATE PROCEDURE ${name}() MODIFIES SQL DATA BEGIN ${raise}; END`,
  ]
}

function createTriggers(model: Model): string[] {
  if (model.trigger === undefined) return []
  const [sets, to] = [model.trigger.sets, model.trigger.to].map((name) => quote(fieldOf(model, name).column))
  return ['INSERT', 'UPDATE'].map(
    (event) =>
      `CREATE TRIGGER ${quote(`follow_${model.name.toLowerCase()}_${event}`)} BEFORE ${event} ` +
      `ON ${quote(model.table)} FOR EACH ROW SET NEW.${sets} = NEW.${to}`,
  )
}
