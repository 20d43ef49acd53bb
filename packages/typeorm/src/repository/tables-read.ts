import type { DataSource, EntityMetadata, FindManyOptions, ObjectLiteral, SelectQueryBuilder } from 'typeorm'
import { tableOfEntity } from '../declared.js'
import { tablesOf } from '../reads/index.js'

type RelationMetadata = EntityMetadata['relations'][number]
type Relations = Readonly<Record<string, unknown>>

interface BuilderInternals {
  readonly findOptions: FindManyOptions<ObjectLiteral>
  readonly relationMetadatas: readonly RelationMetadata[]
}

/**
 * The tables that a query reads, with those that TypeORM reads by queries of their own to complete its entities:
 * relations of the load strategy `query`, and ids of relations.
 *
 * @returns lower-cased, without schema; `undefined` if nobody can tell
 */
export function tablesRead(
  builder: SelectQueryBuilder<ObjectLiteral>,
  sql: string,
): readonly string[] | undefined {
  const { dataSource } = builder
  const own = tablesOf(sql, dataSource)
  if (own === undefined) return undefined
  const tables = new Set(own)
  for (const metadata of readSeparately(builder)) {
    const more = tablesOf(selectFrom(metadata, dataSource), dataSource)
    if (more === undefined) return undefined
    for (const table of more) tables.add(table)
  }
  return [...tables]
}

function readSeparately(builder: SelectQueryBuilder<ObjectLiteral>): ReadonlySet<EntityMetadata> {
  const { expressionMap } = builder
  const { findOptions, relationMetadatas } = builder as unknown as BuilderInternals
  const found = new Set<EntityMetadata>()
  for (const alias of expressionMap.aliases) if (alias.hasMetadata) addIds(found, alias.metadata)
  for (const { relation } of expressionMap.relationIdAttributes) addRelation(found, relation)
  if (expressionMap.relationLoadStrategy === 'query') {
    const relations = (findOptions.relations ?? {}) as Relations
    const walked = new Set<EntityMetadata>()
    for (const relation of relationMetadatas) addLoaded(found, relation, relations, walked)
  }
  return found
}

/**
 * What loading a relation by a query of its own reads: also what it brings along, and what is asked for below it.
 *
 * @param walked whose eager relations have been followed: they may go round in circles. To be among `found` is not
 * enough, since a table may be there for its ids, or because of a condition.
 */
function addLoaded(
  found: Set<EntityMetadata>,
  relation: RelationMetadata,
  asked: Relations,
  walked: Set<EntityMetadata>,
): void {
  const metadata = relation.inverseEntityMetadata
  const isFirst = !walked.has(metadata)
  walked.add(metadata)
  addRelation(found, relation)
  addIds(found, metadata)
  const below = (valueAt(asked, relation.propertyPath) ?? {}) as Relations
  const relations = [
    ...metadata.relations,
    ...metadata.childEntityMetadatas.flatMap((child) => child.relations),
  ]
  for (const next of relations) {
    if (valueAt(below, next.propertyPath) !== undefined) addLoaded(found, next, below, walked)
    else if (next.isEager && isFirst) addLoaded(found, next, {}, walked)
  }
}

function valueAt(relations: Relations, path: string): unknown {
  let value: unknown = relations
  for (const key of path.split('.')) {
    if (typeof value !== 'object' || value === null) return undefined
    value = (value as Relations)[key]
  }
  return value === false ? undefined : value
}

/** `@RelationId()` properties. */
function addIds(found: Set<EntityMetadata>, metadata: EntityMetadata): void {
  for (const of of [metadata, ...metadata.childEntityMetadatas]) {
    for (const { relation } of of.relationIds) addRelation(found, relation)
  }
}

function addRelation(found: Set<EntityMetadata>, relation: RelationMetadata): void {
  found.add(relation.entityMetadata)
  found.add(relation.inverseEntityMetadata)
  if (relation.junctionEntityMetadata !== undefined) found.add(relation.junctionEntityMetadata)
}

function selectFrom(metadata: EntityMetadata, { driver }: DataSource): string {
  return `SELECT * FROM ${metadata.tablePath
    .split('.')
    .map((part) => driver.escape(part))
    .join('.')}`
}

/** The tables that hold an entity: its own, and those of its parents and children in table inheritance. */
export function tablesOfEntity(metadata: EntityMetadata): readonly string[] {
  const family = [metadata, ...metadata.childEntityMetadatas]
  for (
    let { parentEntityMetadata: parent } = metadata;
    parent !== undefined;
    parent = parent.parentEntityMetadata
  ) {
    family.push(parent)
  }
  return [...new Set(family.map(tableOfEntity))]
}
