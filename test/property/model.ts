/** The databases that the property test knows. */
export type Database = 'postgresql' | 'mariadb'

/** The abstract schema that every other part works on: Prisma text, SQL, reads and writes are made from it. */
export interface Schema {
  readonly name: string
  /** Where it is created: SQL, types and calls follow from it. */
  readonly database: Database
  /** Columns with so few values that rows move between sets all the time, and calls that name few of them. */
  readonly isTiny: boolean
  /** Few questions in many words, and writes of what they ask: see `narrow-schema.ts`. */
  readonly isNarrow?: boolean
  readonly enumName: string
  readonly models: readonly Model[]
  readonly relations: readonly Relation[]
  readonly views: readonly View[]
}

export type ScalarKind =
  | 'int'
  | 'string'
  | 'boolean'
  | 'float'
  | 'decimal'
  | 'dateTime'
  | 'bigint'
  | 'bytes'
  | 'json'
  | 'enum'
  | 'strings'
  | 'uuid'

export interface Field {
  readonly name: string
  readonly column: string
  readonly kind: ScalarKind
  readonly optional: boolean
  /** Prisma attributes after the type, such as `@updatedAt`. */
  readonly attributes: readonly string[]
  readonly isUnique: boolean
  /** The values that reads and writes draw from. Tiny, so that they meet. */
  readonly domain: readonly unknown[]
  /**
   * `special`: filled by SQL alone; only one ORM knows what it is. `computed`: the database fills it, on every write
   * or when another column changes.
   */
  readonly role: 'id' | 'code' | 'data' | 'foreignKey' | 'updatedAt' | 'special' | 'computed'
  readonly sqlDefault?: string
  /** The database calls some of its values equal that JavaScript tells apart: of a group, any may stand for it. */
  readonly isFolded?: boolean
  /** In place of the kind's type in CREATE TABLE. */
  readonly sqlType?: string
  /** What follows the type of a computed column in CREATE TABLE. */
  readonly sqlRule?: string
}

export interface Model {
  readonly name: string
  readonly table: string
  readonly fields: Field[]
  /** Field names of the primary key. */
  readonly id: readonly string[]
  /** The key is made by a sequence when it is not given. */
  readonly hasSequence: boolean
  /** Field names of `@@unique` constraints. */
  readonly compoundUniques: string[][]
  /** Relation fields, in the order of the schema. */
  readonly ends: End[]
  /** A column that a trigger sets to another's value whenever a row is written. */
  readonly trigger?: { readonly sets: string; readonly to: string }
}

export type Action = 'Cascade' | 'SetNull' | 'Restrict' | 'NoAction' | 'SetDefault'

export interface ForeignKey {
  readonly type: 'foreignKey'
  readonly name: string
  readonly child: string
  readonly parent: string
  readonly columns: readonly string[]
  readonly references: readonly string[]
  readonly optional: boolean
  readonly oneToOne: boolean
  /** As written in the schema; `undefined` leaves Prisma's default. */
  readonly onDelete: Action | undefined
  readonly onUpdate: Action | undefined
}

export interface ManyToMany {
  readonly type: 'manyToMany'
  readonly name: string
  /** The model of column `A`, which Prisma chooses by alphabet (for a self relation, by field name). */
  readonly a: string
  readonly b: string
}

export type Relation = ForeignKey | ManyToMany

/** One side of a relation: a relation field of a model. */
export interface End {
  readonly field: string
  readonly model: string
  readonly target: string
  readonly relation: Relation
  readonly isList: boolean
  /** This model's row holds the foreign key. */
  readonly ownsKey: boolean
  /** The foreign key may be null. Always true for many-to-many. */
  readonly optional: boolean
}

export interface View {
  readonly name: string
  readonly table: string
  readonly fields: readonly Field[]
  /** Model names that the view reads. */
  readonly sources: readonly string[]
  /** Select list and FROM, with `{Model}` and `{Model.field}` in place of quoted names. */
  readonly template: string
}

export function modelOf(schema: Schema, name: string): Model {
  const model = schema.models.find((candidate) => candidate.name === name)
  if (!model) throw new Error(`The schema has no model ${name}.`)
  return model
}

export function fieldOf(model: Model, name: string): Field {
  const field = model.fields.find((candidate) => candidate.name === name)
  if (!field) throw new Error(`The model ${model.name} has no field ${name}.`)
  return field
}

/** The name of a client's property for a model. */
export function delegateName(model: string): string {
  return model.charAt(0).toLowerCase() + model.slice(1)
}

/** Every set of fields that names at most one row: primary key first. */
export function uniqueKeys(model: Model): readonly (readonly string[])[] {
  return [
    model.id,
    ...model.fields.filter((field) => field.isUnique).map((field) => [field.name]),
    ...model.compoundUniques,
  ]
}

/** What a foreign key does on delete, with Prisma's default when none is written. */
export function deleteAction(key: ForeignKey): Action {
  return key.onDelete ?? (key.optional ? 'SetNull' : 'Restrict')
}

/** What a foreign key does when the referenced key changes, with Prisma's default when none is written. */
export function updateAction(key: ForeignKey): Action {
  return key.onUpdate ?? 'Cascade'
}

/** The table that Prisma makes for an implicit many-to-many relation. */
export function joinTable(relation: ManyToMany): string {
  return `_${relation.name}`
}

/** The models, and the names of many-to-many relations, that a read of a model depends on which goes along these. */
export function modelsAlong(schema: Schema, model: string, ends: readonly End[]): string[] {
  const sources = schema.views.find(({ name }) => name === model)?.sources ?? [model]
  return [...sources, ...ends.flatMap(({ target, relation }) => [target, relation.name])]
}
