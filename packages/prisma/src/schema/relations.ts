import { type ForeignKey, toTable } from './data-model.js'
import type { ReferentialAction } from '@freshet/sql'
import type { FieldDeclaration, ModelDeclaration } from './declaration.js'

/** How a relation field reaches the other model. */
export interface Relation {
  readonly name: string
  readonly joinTable: string | undefined
  readonly foreignKey: ForeignKey | undefined
  /** All foreign keys that the relation stands for: its own, or the two of its join table. */
  readonly foreignKeys: readonly ForeignKey[]
}

type Models = ReadonlyMap<string, ModelDeclaration>

/**
 * Resolves a relation field. What cannot be resolved (its other side is missing) counts as many-to-many
 * and cascading both ways.
 */
export function resolveRelation(model: ModelDeclaration, field: FieldDeclaration, models: Models): Relation {
  const target = models.get(field.type)
  const name = relationName(model, field)
  if (target === undefined) return unknownRelation(name, tagOf(model), toTable(field.type))
  if (holdsKey(field)) return keyRelation(toForeignKey(name, model, field, target))
  const opposite = oppositeOf(model, field, target)
  if (opposite === undefined) return unknownRelation(name, tagOf(model), tagOf(target))
  if (holdsKey(opposite)) return keyRelation(toForeignKey(name, target, opposite, model))
  return field.arity === 'list' && opposite.arity === 'list'
    ? joinRelation(name, model, target)
    : unknownRelation(name, tagOf(model), tagOf(target))
}

/** A relation of which nothing but its two tables is known: whatever kind it is, it is covered. */
export function unknownRelation(name: string, first: string, second: string): Relation {
  const joinTable = toTable(`_${name}`)
  return {
    name,
    joinTable,
    foreignKey: undefined,
    foreignKeys: [
      cascading(name, first, second),
      cascading(name, second, first),
      cascading(name, joinTable, first),
      cascading(name, joinTable, second),
    ],
  }
}

/** The tag of a declared model's table. */
export const tagOf = (model: ModelDeclaration): string => toTable(model.dbName ?? model.name)

/** Prisma names a relation without a name after its two models, in the order of their characters. */
export function relationName(model: ModelDeclaration, field: FieldDeclaration): string {
  const [first, second] = model.name < field.type ? [model.name, field.type] : [field.type, model.name]
  return field.relation?.name ?? `${first}To${second}`
}

const holdsKey = (field: FieldDeclaration): boolean => (field.relation?.fields.length ?? 0) > 0

/** The field of the same relation on the other model; in a self-relation, another field of the same model. */
function oppositeOf(model: ModelDeclaration, field: FieldDeclaration, target: ModelDeclaration) {
  const name = relationName(model, field)
  return target.fields.find(
    (other) => other !== field && other.type === model.name && relationName(target, other) === name,
  )
}

function keyRelation(foreignKey: ForeignKey): Relation {
  return { name: foreignKey.relation, joinTable: undefined, foreignKey, foreignKeys: [foreignKey] }
}

function toForeignKey(
  relation: string,
  child: ModelDeclaration,
  field: FieldDeclaration,
  parent: ModelDeclaration,
): ForeignKey {
  return {
    relation,
    child: tagOf(child),
    parent: tagOf(parent),
    columns: columnsOf(child, field.relation?.fields ?? []),
    references: columnsOf(parent, field.relation?.references ?? []),
    onDelete: field.relation?.onDelete ?? defaultOnDelete(child, field),
    // Of every provider, SQL Server included. (MongoDB, which Prisma 7 does not have, differs.)
    onUpdate: field.relation?.onUpdate ?? 'Cascade',
  }
}

/**
 * An optional relation is set to null, a required one restricts; it counts as required as soon as one of
 * its columns is. (SQL Server has NO ACTION for RESTRICT: neither touches a row.)
 */
function defaultOnDelete(child: ModelDeclaration, field: FieldDeclaration): ReferentialAction {
  const names = field.relation?.fields ?? []
  const columns = child.fields.filter(({ name }) => names.includes(name))
  const required = field.arity === 'required' || columns.some(({ arity }) => arity === 'required')
  return required ? 'Restrict' : 'SetNull'
}

function columnsOf(model: ModelDeclaration, names: readonly string[]): readonly string[] | undefined {
  const columns = names.map((name) => {
    const field = model.fields.find((candidate) => candidate.name === name)
    return (field?.dbName ?? name).toLowerCase()
  })
  return columns.length > 0 ? columns : undefined
}

/** An implicit many-to-many table: `A` holds the key of the model whose name sorts first, `B` the other's. */
function joinRelation(name: string, model: ModelDeclaration, target: ModelDeclaration): Relation {
  const joinTable = toTable(`_${name}`)
  const [a, b] = model.name < target.name ? [model, target] : [target, model]
  return {
    name,
    joinTable,
    foreignKey: undefined,
    foreignKeys: [joinKey(name, joinTable, 'a', a), joinKey(name, joinTable, 'b', b)],
  }
}

function joinKey(relation: string, joinTable: string, column: string, side: ModelDeclaration): ForeignKey {
  return {
    relation,
    child: joinTable,
    parent: tagOf(side),
    columns: [column],
    references: columnsOf(side, side.primaryKey?.fields ?? []),
    onDelete: 'Cascade',
    onUpdate: 'Cascade',
  }
}

function cascading(relation: string, child: string, parent: string): ForeignKey {
  return {
    relation,
    child,
    parent,
    columns: undefined,
    references: undefined,
    onDelete: 'Cascade',
    onUpdate: 'Cascade',
  }
}
