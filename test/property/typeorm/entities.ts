import type {
  EntitySchemaColumnOptions,
  EntitySchemaRelationOptions,
  ObjectLiteral,
  ValueTransformer,
} from 'typeorm'
import { EntitySchema } from 'typeorm'
import { dialectOf } from '../dialect.js'
import {
  deleteAction,
  fieldOf,
  joinTable,
  modelOf,
  updateAction,
  type Action,
  type Database,
  type End,
  type Field,
  type ForeignKey,
  type Model,
  type ScalarKind,
  type View,
} from '../model.js'
import { randomFrom, type Random } from '../random.js'
import { ENUM_VALUES } from '../random-schema.js'
import { parentEnd, type ExtendedSchema } from './extras.js'

type Class = new () => ObjectLiteral
type Column = EntitySchemaColumnOptions
type Relation = EntitySchemaRelationOptions

/** A value of a class of the user's, made by a transformer. */
class Amount {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

const amounts: ValueTransformer = {
  from: (text: string | null) => (text === null ? null : new Amount(text)),
  to: (amount: unknown) => (amount instanceof Amount ? amount.text : amount),
}

const bigints: ValueTransformer = {
  from: (text: string | null) => (text === null ? null : BigInt(text)),
  to: (value: unknown) => (typeof value === 'bigint' ? String(value) : value),
}

type Type = Omit<Column, 'name'>

const POSTGRES: Record<ScalarKind, Type> = {
  int: { type: 'int' },
  string: { type: 'text' },
  boolean: { type: 'boolean' },
  float: { type: 'double precision' },
  decimal: { type: 'decimal', precision: 65, scale: 30, transformer: amounts },
  dateTime: { type: 'timestamp', precision: 3 },
  bigint: { type: 'bigint', transformer: bigints },
  bytes: { type: 'bytea' },
  json: { type: 'jsonb' },
  enum: { type: 'enum', enum: [...ENUM_VALUES], enumName: 'Level' },
  strings: { type: 'text', array: true },
  uuid: { type: 'uuid' },
}

const MARIADB: Record<ScalarKind, Type> = {
  int: { type: 'int' },
  string: { type: 'varchar', length: 64 },
  boolean: { type: 'boolean' },
  float: { type: 'double' },
  decimal: { type: 'decimal', precision: 20, scale: 6, transformer: amounts },
  dateTime: { type: 'datetime', precision: 3 },
  bigint: { type: 'bigint', transformer: bigints },
  bytes: { type: 'varbinary', length: 16 },
  json: { type: 'json' },
  enum: { type: 'enum', enum: [...ENUM_VALUES] },
  strings: { type: 'json' },
  uuid: { type: 'char', length: 36 },
}

const TYPES: Readonly<Record<Database, Record<ScalarKind, Type>>> = { postgresql: POSTGRES, mariadb: MARIADB }

/** The types that a schema names itself. */
const OWN: Readonly<Record<string, Type>> = {
  CITEXT: { type: 'citext' },
  'CHAR(3)': { type: 'char', length: 3 },
  'DATETIME(6)': { type: 'datetime', precision: 6 },
}

type TypeormAction = NonNullable<Relation['onDelete']>

const ACTIONS: Record<Action, TypeormAction> = {
  Cascade: 'CASCADE',
  SetNull: 'SET NULL',
  Restrict: 'RESTRICT',
  NoAction: 'NO ACTION',
  // PostgreSQL's words; those that TypeORM declares are no SQL.
  SetDefault: 'SET DEFAULT' as 'DEFAULT',
}

/** How a relation's property behaves beyond what the schema says of it. */
interface EndStyle {
  readonly isLazy: boolean
  readonly isEager: boolean
  readonly cascades: boolean
}

/** Entities and how their relations behave. */
export interface Entities {
  readonly schemas: readonly EntitySchema<ObjectLiteral>[]
  styleOf(end: End): EndStyle
}

/** The entities of a schema, most with a class and some without. The same seed gives the same. */
export function entitiesOf(extended: ExtendedSchema): Entities {
  return new EntityMaker(extended).make()
}

class EntityMaker {
  readonly #extended: ExtendedSchema
  readonly #random: Random
  readonly #styles = new Map<End, EndStyle>()
  readonly #classless: string

  constructor(extended: ExtendedSchema) {
    this.#extended = extended
    this.#random = randomFrom('entities', extended.schema.name)
    this.#classless = this.#random.pick(extended.schema.models.slice(0, 3)).name
  }

  make(): Entities {
    const { schema } = this.#extended
    for (const end of schema.models.flatMap(({ ends }) => ends)) this.#styles.set(end, this.#style(end))
    return {
      schemas: [
        ...schema.models.flatMap((model) => this.#schemasOf(model)),
        ...schema.views.map((view) => this.#view(view)),
      ],
      styleOf: (end) => this.#styles.get(end)!,
    }
  }

  #style(end: End): EndStyle {
    const random = this.#random.fork(end.model, end.field)
    const isLazy = random.chance(0.2)
    const isSelf = end.model === end.target
    return {
      isLazy,
      // TypeORM refuses circles of eager relations: these go from a child to a parent that stands before it.
      isEager:
        !isLazy && !isSelf && end.ownsKey && random.chance(0.16) && !this.#extended.traits.has(end.model),
      cascades: random.chance(0.5),
    }
  }

  #schemasOf(model: Model): EntitySchema<ObjectLiteral>[] {
    const trait = this.#extended.traits.get(model.name) ?? {}
    const hidden = new Set(['metaTitle', 'metaDeepSize', 'mpath', 'nsleft', 'nsright', 'radius', 'side'])
    const columns = model.fields
      .filter((field) => !(field.role === 'special' && hidden.has(field.name)))
      .map((field) => [field.name, this.#column(model, field)] as const)
    const base = model.name === this.#classless ? undefined : classNamed(model.name)
    const main = new EntitySchema<ObjectLiteral>({
      name: model.name,
      tableName: model.table,
      ...(base === undefined ? {} : { target: base }),
      columns: Object.fromEntries(columns),
      relations: Object.fromEntries(model.ends.map((end) => [end.field, this.#relation(end)])),
      relationIds: this.#relationIds(model),
      uniques: model.compoundUniques
        .filter((names) => !names.every((name) => fieldOf(model, name).role === 'foreignKey'))
        .map((names) => ({ columns: [...names] })),
      ...(trait.isDocument === true ? { embeddeds: { meta: { schema: metaSchema(), prefix: 'meta' } } } : {}),
      ...(trait.children === undefined ? {} : { inheritance: { pattern: 'STI', column: 'kind' } }),
      ...(trait.tree === undefined ? {} : { trees: [{ type: trait.tree }] }),
    })
    return [main, ...(trait.children ?? []).map((name) => childSchema(name, base!, main))]
  }

  /** Properties with the ids of what a list holds, which TypeORM reads by queries of their own. */
  #relationIds(model: Model): Record<string, { relationName: string }> {
    const lists = model.ends.filter(({ isList, relation }) => isList && relation.type === 'manyToMany')
    const chosen = lists.filter(({ field }) => this.#random.fork('ids', model.name, field).chance(0.6))
    return Object.fromEntries(chosen.map(({ field }) => [`${field}Ids`, { relationName: field }]))
  }

  #column(model: Model, field: Field): Column {
    const isSequence = model.hasSequence && field.role === 'id'
    return {
      ...this.#type(field),
      name: field.column,
      primary: model.id.includes(field.name),
      nullable: field.optional || field.name === 'deletedAt',
      ...(isSequence ? { generated: 'increment' } : {}),
      ...(field.isUnique && field.role !== 'foreignKey' ? { unique: true } : {}),
      ...(field.sqlDefault === undefined ? {} : { default: defaultOf(field.sqlDefault) }),
      ...(field.role === 'computed' ? { insert: false, update: false } : {}),
      ...(field.role === 'updatedAt' ? { updateDate: true } : {}),
      ...(field.name === 'version' ? { version: true } : {}),
      ...(field.name === 'deletedAt' ? { deleteDate: true } : {}),
    }
  }

  #type({ kind, sqlType }: Field): Type {
    const own = sqlType === undefined ? undefined : OWN[sqlType]
    const { database, isTiny } = this.#extended.schema
    if (kind === 'bigint' && isTiny) return { type: 'bigint' }
    return own ?? TYPES[database][kind]
  }

  #relation(end: End): Relation {
    const { relation } = end
    const { isLazy, isEager, cascades } = this.#styles.get(end)!
    const common = {
      target: end.target,
      inverseSide: this.#opposite(end).field,
      lazy: isLazy,
      eager: isEager,
      ...(cascades ? { cascade: cascadeOf(end) } : {}),
    }
    if (relation.type === 'manyToMany') {
      return {
        ...common,
        type: 'many-to-many',
        ...(end.field.endsWith('A') ? { joinTable: this.#joinTable(end) } : {}),
      }
    }
    if (!end.ownsKey) {
      return {
        ...common,
        type: relation.oneToOne ? 'one-to-one' : 'one-to-many',
        ...(isTreeEnd(this.#extended, end) ? { treeChildren: true } : {}),
      }
    }
    return { ...common, ...this.#key(end, relation) }
  }

  #key(
    end: End,
    relation: ForeignKey,
  ): Pick<Relation, 'type' | 'joinColumn' | 'onDelete' | 'onUpdate' | 'nullable'> {
    const child = modelOf(this.#extended.schema, relation.child)
    return {
      type: relation.oneToOne ? 'one-to-one' : 'many-to-one',
      nullable: relation.optional,
      joinColumn: relation.columns.map((column, index) => ({
        name: fieldOf(child, column).column,
        referencedColumnName: relation.references[index]!,
      })),
      onDelete: ACTIONS[deleteAction(relation)],
      onUpdate: ACTIONS[updateAction(relation)],
      ...(isTreeEnd(this.#extended, end) ? { treeParent: true } : {}),
    }
  }

  #joinTable(end: End): NonNullable<Relation['joinTable']> {
    if (end.relation.type !== 'manyToMany') throw new Error(`${end.field} has no join table.`)
    return {
      name: joinTable(end.relation),
      joinColumn: { name: 'A', referencedColumnName: 'id' },
      inverseJoinColumn: { name: 'B', referencedColumnName: 'id' },
    }
  }

  #opposite(end: End): End {
    return oppositeOf(modelOf(this.#extended.schema, end.target), end)
  }

  #view(view: View): EntitySchema<ObjectLiteral> {
    return new EntitySchema<ObjectLiteral>({
      name: view.name,
      target: classNamed(view.name),
      type: 'view',
      tableName: view.table,
      expression: dialectOf(this.#extended.schema).viewQuery(this.#extended.schema, view),
      columns: Object.fromEntries(
        view.fields.map((field) => [field.name, { ...this.#type(field), name: field.column }]),
      ),
    })
  }
}

/** A number, or what stands in CREATE TABLE. */
function defaultOf(sql: string): number | (() => string) {
  return /^\d+$/.test(sql) ? Number(sql) : () => sql
}

/** The other side of a relation. */
export function oppositeOf(target: Model, end: End): End {
  const candidates = target.ends.filter((other) => other.relation === end.relation)
  const opposite = candidates.find((other) => other.field !== end.field || candidates.length === 1)
  if (!opposite) throw new Error(`The relation field ${end.model}.${end.field} has no opposite.`)
  return opposite
}

/** Of the two sides of a relation, TypeORM lets one remove the other's rows. */
function cascadeOf(end: End): NonNullable<Relation['cascade']> {
  const isFirst = end.relation.type === 'manyToMany' ? end.field.endsWith('A') : !end.ownsKey
  return isFirst ? true : ['insert', 'update']
}

function isTreeEnd({ schema, traits }: ExtendedSchema, end: End): boolean {
  return traits.get(end.model)?.tree !== undefined && parentEnd(schema, end.model).relation === end.relation
}

function classNamed(name: string): Class {
  return { [name]: class {} as Class }[name]!
}

/** Its name in errors and in `instanceof` is its own: TypeORM takes a class's name for the entity's. */
function childSchema(
  name: string,
  base: Class,
  parent: EntitySchema<ObjectLiteral>,
): EntitySchema<ObjectLiteral> {
  const target = { [name]: class extends base {} }[name]!
  const own: Record<string, Column> =
    name === 'Circle'
      ? { radius: { type: 'int', nullable: true } }
      : { side: { type: 'int', nullable: true } }
  return new EntitySchema<ObjectLiteral>({
    name,
    target,
    type: 'entity-child',
    discriminatorValue: name.toLowerCase(),
    columns: { ...parent.options.columns, ...own },
    relations: parent.options.relations as Record<string, Relation>,
  })
}

class Deep {}

class Meta {}

function metaSchema(): EntitySchema<ObjectLiteral> {
  return new EntitySchema<ObjectLiteral>({
    name: 'Meta',
    target: Meta,
    columns: { title: { type: 'text', nullable: true } },
    embeddeds: {
      deep: {
        schema: new EntitySchema<ObjectLiteral>({
          name: 'Deep',
          target: Deep,
          columns: { size: { type: 'int', nullable: true } },
        }),
        prefix: 'deep',
      },
    },
  })
}
