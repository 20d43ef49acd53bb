import type { ReferentialAction } from '@freshet/sql'

/*
 * What a schema declares, whatever it was read from: the text of schema.prisma or the DMMF that Prisma
 * hands to generators. Nothing is resolved here: a field's type is a name, a relation has one side.
 */

export interface SchemaDeclaration {
  /** The datasource's provider, such as `postgresql`; undefined when the source does not tell. */
  readonly provider: string | undefined
  /** `prisma`: the client emulates the referential actions and the database has no foreign keys. */
  readonly relationMode: 'foreignKeys' | 'prisma'
  readonly models: readonly ModelDeclaration[]
  readonly enums: readonly EnumDeclaration[]
}

export interface ModelDeclaration {
  readonly name: string
  readonly kind: 'model' | 'view' | 'unknown'
  readonly dbName: string | undefined
  /** The database schema of `@@schema`, for display: tags drop it. */
  readonly schema: string | undefined
  /** `@@ignore`: the table is there, the client cannot name it. */
  readonly ignored: boolean
  readonly fields: readonly FieldDeclaration[]
  readonly primaryKey: KeyDeclaration | undefined
  readonly uniques: readonly KeyDeclaration[]
}

/** A primary key or unique constraint over fields. */
export interface KeyDeclaration {
  /** The name that a `where` may use instead of the joined field names. */
  readonly name: string | undefined
  readonly fields: readonly string[]
}

export interface FieldDeclaration {
  readonly name: string
  readonly type: string
  readonly arity: 'required' | 'optional' | 'list'
  readonly dbName: string | undefined
  /** The type behind `@db.`, such as `Uuid` or `Citext`. */
  readonly nativeType: string | undefined
  readonly unsupported: boolean
  readonly ignored: boolean
  readonly updatedAt: boolean
  readonly default: DefaultDeclaration | undefined
  /** What `@relation` says; undefined without one, which a relation field may be. */
  readonly relation: RelationDeclaration | undefined
}

/** `value`: a literal; `function`: `now()`, `uuid()`, `autoincrement()`; `database`: `dbgenerated("expression")`. */
export interface DefaultDeclaration {
  readonly kind: 'value' | 'function' | 'database'
  /** The function's name, or the expression of `dbgenerated`. */
  readonly text: string
}

export interface RelationDeclaration {
  readonly name: string | undefined
  readonly fields: readonly string[]
  readonly references: readonly string[]
  readonly onDelete: ReferentialAction | undefined
  readonly onUpdate: ReferentialAction | undefined
}

export interface EnumDeclaration {
  readonly name: string
  readonly values: readonly string[]
}

const referentialActions: readonly string[] = ['Cascade', 'Restrict', 'NoAction', 'SetNull', 'SetDefault']

/** An action that this version does not know must be assumed to travel on. */
export function toReferentialAction(name: string | undefined): ReferentialAction | undefined {
  if (name === undefined) return undefined
  return referentialActions.includes(name) ? (name as ReferentialAction) : 'Cascade'
}
