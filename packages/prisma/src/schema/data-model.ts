import type { ReferentialAction } from '@freshet/sql'
import type { DefaultDeclaration } from './declaration.js'

/**
 * What Freshet knows of a Prisma schema. Tables go by their tag: the physical name, lower-cased, without
 * its database schema, so that two tables of one name in two schemas are one (that only over-invalidates).
 */
export interface DataModel {
  /** The datasource's provider (`postgresql`, `mysql`, `sqlite`, …); undefined when unknown. */
  readonly provider: string | undefined
  readonly relationMode: 'foreignKeys' | 'prisma'
  readonly models: ReadonlyMap<string, Model>
  /** The tags of all tables: of models, of views, of implicit many-to-many relations. */
  readonly tables: ReadonlySet<string>
  /** The tables among these that are, or may be, views. */
  readonly views: ReadonlySet<string>
  readonly foreignKeys: readonly ForeignKey[]
  /** 32 hexadecimal digits that change with the declarations, and not with layout, comments or order of models. */
  readonly schemaHash: string
  /** Why something is known only in part, for an event; empty when the whole schema is known. */
  readonly gaps: readonly string[]
}

export interface Model {
  readonly name: string
  /** `unknown`: the source does not tell a model from a view. */
  readonly kind: 'model' | 'view' | 'unknown'
  /** The tag of its table. */
  readonly table: string
  /** The table's name as the database has it. */
  readonly dbName: string
  readonly schema: string | undefined
  /**
   * False if the schema's text does not tell (or tells otherwise than the client): then fields and relations
   * come from the client alone, which knows no arities, keys and actions, and every relation counts as
   * many-to-many and as cascading both ways.
   */
  readonly known: boolean
  /** `@@ignore`: writes to its table matter, and no query can name it. */
  readonly ignored: boolean
  /** The fields that a query can name. */
  readonly fields: ReadonlyMap<string, Field>
  /** All columns of its scalar fields, ignored ones included, by their lower-cased physical name. */
  readonly columns: ReadonlyMap<string, ScalarField>
  readonly primaryKey: Key | undefined
  readonly uniques: readonly Key[]
  /** Keys over several fields by the name that a `where` uses: `authorId_slug`, or their own. */
  readonly compoundKeys: ReadonlyMap<string, Key>
}

export type Field = ScalarField | RelationField

export interface ScalarField {
  readonly kind: 'scalar'
  readonly name: string
  /** The column's physical name. */
  readonly column: string
  /** Prisma's scalar type (`Int`, `String`, …), or the name of an enum or composite type. */
  readonly type: string
  readonly isEnum: boolean
  readonly isUnsupported: boolean
  /** What stands behind `@db.`, such as `Uuid`. */
  readonly nativeType: string | undefined
  /** Of an unknown model undefined, like `optional`. */
  readonly list: boolean | undefined
  readonly optional: boolean | undefined
  readonly updatedAt: boolean
  readonly default: DefaultDeclaration | undefined
}

export interface RelationField {
  readonly kind: 'relation'
  readonly name: string
  /** The name of the relation, written or Prisma's default. */
  readonly relation: string
  /** The model it leads to. */
  readonly model: string
  readonly list: boolean | undefined
  readonly optional: boolean | undefined
  /**
   * The tag of the implicit many-to-many table on the way, `_posttotag`; of an unknown model the tag that it
   * would have if the relation were of that kind.
   */
  readonly joinTable: string | undefined
  /** The key behind a relation that is not many-to-many, seen from either side. */
  readonly foreignKey: ForeignKey | undefined
}

/** Fields in the order of the declaration. */
export interface Key {
  readonly name: string | undefined
  readonly fields: readonly string[]
}

/** A foreign key of `child` that references `parent`, with Prisma's default actions where none is written. */
export interface ForeignKey {
  readonly relation: string
  readonly child: string
  readonly parent: string
  /** Lower-cased column names of the child; undefined: not known. */
  readonly columns: readonly string[] | undefined
  /** Lower-cased column names of the parent; undefined: not known, any update may change them. */
  readonly references: readonly string[] | undefined
  readonly onDelete: ReferentialAction
  readonly onUpdate: ReferentialAction
}

/** The tag of a table's physical name. */
export const toTable = (dbName: string): string => dbName.toLowerCase()

/** The tag of a model's table; undefined for a model that the data model does not have. */
export function tableOf(dataModel: DataModel, model: string): string | undefined {
  return dataModel.models.get(model)?.table
}
