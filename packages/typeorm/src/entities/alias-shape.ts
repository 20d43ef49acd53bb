import type { EntityMetadata, ObjectLiteral, SelectQueryBuilder } from 'typeorm'
import type { PropertyPath } from './property-path.js'

type ExpressionMap = SelectQueryBuilder<ObjectLiteral>['expressionMap']
type Alias = ExpressionMap['aliases'][number]
type JoinAttribute = ExpressionMap['joinAttributes'][number]
type ColumnMetadata = EntityMetadata['columns'][number]
type RelationMetadata = EntityMetadata['relations'][number]

/** What TypeORM puts into the entities that it builds for one alias of a query: it hydrates by the same rules. */
export interface AliasShape {
  readonly metadata: EntityMetadata
  /** Of the alias's own entity, or of a child of it in a single-table inheritance. */
  propertiesOf(metadata: EntityMetadata): EntityProperties
}

export interface EntityProperties {
  readonly columns: readonly ColumnProperty[]
  readonly relations: readonly RelationProperty[]
  readonly ids: readonly PropertyPath[]
}

export interface ColumnProperty extends PropertyPath {
  readonly column: ColumnMetadata
}

interface RelationProperty extends PropertyPath {
  readonly related: AliasShape
}

/** The shape of what a query's main alias and everything joined to it becomes. */
export function shapeOf(expressionMap: ExpressionMap, alias: Alias): AliasShape {
  const properties = new Map<EntityMetadata, EntityProperties>()
  return {
    metadata: alias.metadata,
    propertiesOf: (metadata) => {
      let known = properties.get(metadata)
      if (known === undefined) {
        properties.set(metadata, (known = entityProperties(expressionMap, alias, metadata)))
      }
      return known
    },
  }
}

function entityProperties(
  expressionMap: ExpressionMap,
  alias: Alias,
  metadata: EntityMetadata,
): EntityProperties {
  return {
    columns: metadata.columns
      .filter((column) => isHydrated(expressionMap, alias, metadata, column))
      .map((column) => ({
        parents: column.embeddedMetadata?.parentPropertyNames ?? [],
        key: column.propertyName,
        column,
      })),
    relations: expressionMap.joinAttributes
      .filter((join) => isPutInto(alias, metadata, join))
      .map((join) => ({ ...pathOfJoin(join), related: shapeOf(expressionMap, join.alias) })),
    ids: expressionMap.relationIdAttributes
      .filter((attribute) => attribute.parentAlias === alias.name)
      .map((attribute) => {
        const parents = attribute.mapToPropertyPropertyPath.split('.')
        return { key: parents.pop()!, parents }
      }),
  }
}

function isHydrated(
  { selects }: ExpressionMap,
  alias: Alias,
  metadata: EntityMetadata,
  column: ColumnMetadata,
): boolean {
  if (column.isVirtual) return false
  if (metadata.childEntityMetadatas.some(({ target }) => target === column.target)) return false
  const path = `${alias.name}.${column.propertyPath}`
  return selects.some(({ selection }) => selection === alias.name || selection === path)
}

function isPutInto(alias: Alias, metadata: EntityMetadata, join: JoinAttribute): boolean {
  if (join.metadata === undefined || !join.isSelected) return false
  if (join.relation !== undefined && !metadata.relations.includes(join.relation)) return false
  if (join.mapToProperty !== undefined) return join.mapToPropertyParentAlias === alias.name
  return (
    join.relation !== undefined &&
    join.parentAlias === alias.name &&
    join.relationPropertyPath === join.relation.propertyPath
  )
}

function pathOfJoin(join: JoinAttribute): PropertyPath {
  const mapped = join.mapToPropertyPropertyName
  return mapped === undefined ? pathOfRelation(join.relation!) : { parents: [], key: mapped }
}

/** Where TypeORM puts related entities: a lazy relation's own property is an accessor that looks there. */
export function pathOfRelation(relation: RelationMetadata): PropertyPath {
  const { propertyName, isLazy, embeddedMetadata } = relation
  return {
    parents: embeddedMetadata?.parentPropertyNames ?? [],
    key: isLazy ? `__${propertyName}__` : propertyName,
  }
}
