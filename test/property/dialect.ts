import { ENUM_VALUES } from './random-schema.js'
import {
  deleteAction,
  fieldOf,
  joinTable,
  modelOf,
  updateAction,
  type Action,
  type Field,
  type ForeignKey,
  type ManyToMany,
  type Model,
  type ScalarKind,
  type Schema,
  type View,
} from './model.js'

/** All SQL that the property test writes itself is made here, so that a database is added in one place. */
export interface Dialect {
  readonly provider: 'postgresql'
  quote(name: string): string
  literal(value: unknown): string
  /** The statements that create the schema in an empty database. */
  createSchema(schema: Schema): string[]
  /** What raw statements use beside the tables: a part of `createSchema`. */
  createAids(schema: Schema): string[]
  /** One statement that runs all of these and passes over those that fail. */
  attemptAll(statements: readonly string[]): string
  /** Empties every table and starts the sequences behind the seeded keys. */
  reset(schema: Schema, firstFreeKey: number): string[]
}

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
}

const ACTIONS: Record<Action, string> = {
  Cascade: 'CASCADE',
  SetNull: 'SET NULL',
  Restrict: 'RESTRICT',
  NoAction: 'NO ACTION',
  SetDefault: 'SET DEFAULT',
}

export const postgres: Dialect = {
  provider: 'postgresql',
  quote,
  literal,
  createSchema: (schema) => [
    `CREATE TYPE "${schema.enumName}" AS ENUM (${ENUM_VALUES.map(literal).join(', ')})`,
    ...schema.models.map(createTable),
    ...schema.relations.flatMap((relation) =>
      relation.type === 'foreignKey' ? [foreignKey(schema, relation)] : createJoinTable(schema, relation),
    ),
    ...schema.views.map((view) => `CREATE VIEW "${view.table}" AS ${viewBody(schema, view)}`),
    ...createAids(schema),
  ],
  createAids,
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
    ...schema.models.flatMap((model) => [createEditView(model), createTouchFunction(model)]),
    `CREATE TABLE "side_table" (id SERIAL PRIMARY KEY)`,
  ]
}

function allTables(schema: Schema): string[] {
  return [
    ...schema.models.map((model) => model.table),
    ...schema.relations.filter((relation) => relation.type === 'manyToMany').map(joinTable),
  ]
}

/** An updatable view over a model's name, for raw writes that name a view and not its table. */
export function editView(model: Model): string {
  return `edit_${model.name.toLowerCase()}`
}

/** A volatile function that raises `rank` of every row: a write that looks like a read. */
export function touchFunction(model: Model): string {
  return `touch_${model.name.toLowerCase()}`
}

function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

function literal(value: unknown): string {
  if (value === null || value === undefined) return 'NULL'
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean')
    return String(value)
  if (value instanceof Date) return `'${value.toISOString().replace('Z', '')}'`
  if (value instanceof Uint8Array) return `'\\x${Buffer.from(value).toString('hex')}'`
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return `'${text.replaceAll("'", "''")}'`
}

function createTable(model: Model): string {
  const keys = [
    `PRIMARY KEY (${columns(model, model.id)})`,
    ...model.fields.filter((field) => field.isUnique).map((field) => `UNIQUE (${quote(field.column)})`),
    ...model.compoundUniques.map((names) => `UNIQUE (${columns(model, names)})`),
  ]
  return `CREATE TABLE ${quote(model.table)} (${[...model.fields.map((field) => column(model, field)), ...keys].join(', ')})`
}

function column(model: Model, field: Field): string {
  const isSequence = model.hasSequence && field.role === 'id'
  const type = isSequence ? 'SERIAL' : TYPES[field.kind]
  const nullable = field.optional || field.kind === 'strings' ? '' : ' NOT NULL'
  const initial = field.sqlDefault === undefined ? '' : ` DEFAULT ${field.sqlDefault}`
  return `${quote(field.column)} ${type}${nullable}${initial}`
}

function columns(model: Model, names: readonly string[]): string {
  return names.map((name) => quote(fieldOf(model, name).column)).join(', ')
}

function foreignKey(schema: Schema, key: ForeignKey): string {
  const child = modelOf(schema, key.child)
  const parent = modelOf(schema, key.parent)
  return (
    `ALTER TABLE ${quote(child.table)} ADD FOREIGN KEY (${columns(child, key.columns)}) ` +
    `REFERENCES ${quote(parent.table)} (${columns(parent, key.references)}) ` +
    `ON DELETE ${ACTIONS[deleteAction(key)]} ON UPDATE ${ACTIONS[updateAction(key)]}`
  )
}

function createJoinTable(schema: Schema, relation: ManyToMany): string[] {
  const side = (name: 'A' | 'B', modelName: string): string => {
    const model = modelOf(schema, modelName)
    const key = fieldOf(model, 'id')
    return (
      `"${name}" ${TYPES[key.kind]} NOT NULL REFERENCES ${quote(model.table)} (${quote(key.column)}) ` +
      `ON DELETE CASCADE ON UPDATE CASCADE`
    )
  }
  const table = joinTable(relation)
  return [
    `CREATE TABLE "${table}" (${side('A', relation.a)}, ${side('B', relation.b)}, PRIMARY KEY ("A", "B"))`,
    `CREATE INDEX ON "${table}" ("B")`,
  ]
}

function createEditView(model: Model): string {
  return `CREATE VIEW "${editView(model)}" AS SELECT ${columns(model, [...model.id, 'name'])} FROM ${quote(model.table)}`
}

function createTouchFunction(model: Model): string {
  return (
    `CREATE FUNCTION "${touchFunction(model)}"() RETURNS integer LANGUAGE plpgsql VOLATILE AS ` +
    `$$ BEGIN UPDATE ${quote(model.table)} SET "rank" = ("rank" + 1) % 4; RETURN 1; END $$`
  )
}

/** The query of a view. */
export function viewBody(schema: Schema, view: View): string {
  return view.template.replace(/\{(\w+)(?:\.(\w+))?\}/g, (_, modelName: string, field?: string) => {
    const model = modelOf(schema, modelName)
    return quote(field === undefined ? model.table : fieldOf(model, field).column)
  })
}
