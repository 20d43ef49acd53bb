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

/** What the databases' texts differ in where tables are created. */
export interface TableWords {
  readonly types: Readonly<Record<ScalarKind, string>>
  /** The type of a key that makes itself, from that of the kind. */
  sequence(this: void, type: string): string
  quote(this: void, name: string): string
}

const ACTIONS: Record<Action, string> = {
  Cascade: 'CASCADE',
  SetNull: 'SET NULL',
  Restrict: 'RESTRICT',
  NoAction: 'NO ACTION',
  SetDefault: 'SET DEFAULT',
}

/** The statements that create the tables of a schema, their keys and their views. */
export function tableStatements(words: TableWords, schema: Schema): string[] {
  return [
    ...schema.models.map((model) => createTable(words, model)),
    ...schema.relations.flatMap((relation) =>
      relation.type === 'foreignKey'
        ? [foreignKey(words, schema, relation)]
        : createJoinTable(words, schema, relation),
    ),
    ...schema.views.map(
      (view) => `CREATE VIEW ${words.quote(view.table)} AS ${viewQuery(words, schema, view)}`,
    ),
  ]
}

/** The query of a view. */
export function viewQuery({ quote }: TableWords, schema: Schema, view: View): string {
  return view.template
    .replace(/\{(\w+)(?:\.(\w+))?\}/g, (_, modelName: string, field?: string) => {
      const model = modelOf(schema, modelName)
      return `\u0000${field === undefined ? model.table : fieldOf(model, field).column}\u0000`
    })
    .replaceAll(/"(\w+)"|\u0000([^\u0000]+)\u0000/g, (_, alias?: string, name?: string) =>
      quote((alias ?? name)!),
    )
}

/** Names of columns, with commas between. */
export function columnList(
  { quote }: Pick<TableWords, 'quote'>,
  model: Model,
  names: readonly string[],
): string {
  return names.map((name) => quote(fieldOf(model, name).column)).join(', ')
}

/** Every table of a schema, those of many-to-many relations too. */
export function allTables(schema: Schema): string[] {
  return [
    ...schema.models.map((model) => model.table),
    ...schema.relations.filter((relation) => relation.type === 'manyToMany').map(joinTable),
  ]
}

function createTable(words: TableWords, model: Model): string {
  const { quote } = words
  const keys = [
    `PRIMARY KEY (${columnList(words, model, model.id)})`,
    ...model.fields.filter((field) => field.isUnique).map((field) => `UNIQUE (${quote(field.column)})`),
    ...model.compoundUniques.map((names) => `UNIQUE (${columnList(words, model, names)})`),
  ]
  return `CREATE TABLE ${quote(model.table)} (${[...model.fields.map((field) => column(words, model, field)), ...keys].join(', ')})`
}

function column({ types, sequence, quote }: TableWords, model: Model, field: Field): string {
  const own = field.sqlType ?? types[field.kind]
  const type = model.hasSequence && field.role === 'id' ? sequence(own) : own
  if (field.sqlRule !== undefined) return `${quote(field.column)} ${own} ${field.sqlRule}`
  const nullable = field.optional || field.kind === 'strings' ? ' NULL' : ' NOT NULL'
  const initial = field.sqlDefault === undefined ? '' : ` DEFAULT ${field.sqlDefault}`
  return `${quote(field.column)} ${type}${nullable}${initial}`
}

function foreignKey(words: TableWords, schema: Schema, key: ForeignKey): string {
  const { quote } = words
  const child = modelOf(schema, key.child)
  const parent = modelOf(schema, key.parent)
  return (
    `ALTER TABLE ${quote(child.table)} ADD FOREIGN KEY (${columnList(words, child, key.columns)}) ` +
    `REFERENCES ${quote(parent.table)} (${columnList(words, parent, key.references)}) ` +
    `ON DELETE ${ACTIONS[deleteAction(key)]} ON UPDATE ${ACTIONS[updateAction(key)]}`
  )
}

function createJoinTable({ types, quote }: TableWords, schema: Schema, relation: ManyToMany): string[] {
  const table = quote(joinTable(relation))
  const type = (modelName: string): string => {
    const key = fieldOf(modelOf(schema, modelName), 'id')
    return key.sqlType ?? types[key.kind]
  }
  const side = (name: 'A' | 'B', modelName: string): string => {
    const model = modelOf(schema, modelName)
    return (
      `ALTER TABLE ${table} ADD FOREIGN KEY (${quote(name)}) ` +
      `REFERENCES ${quote(model.table)} (${quote(fieldOf(model, 'id').column)}) ` +
      `ON DELETE CASCADE ON UPDATE CASCADE`
    )
  }
  const [a, b] = [quote('A'), quote('B')]
  return [
    `CREATE TABLE ${table} (${a} ${type(relation.a)} NOT NULL, ${b} ${type(relation.b)} NOT NULL, PRIMARY KEY (${a}, ${b}))`,
    `CREATE INDEX ${quote(`${joinTable(relation)}_B`)} ON ${table} (${b})`,
    side('A', relation.a),
    side('B', relation.b),
  ]
}
