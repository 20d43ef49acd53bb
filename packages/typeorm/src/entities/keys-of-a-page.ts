import type { EntityMetadata, ObjectLiteral, SelectQueryBuilder } from 'typeorm'

type ExpressionMap = SelectQueryBuilder<ObjectLiteral>['expressionMap']
type JoinAttribute = ExpressionMap['joinAttributes'][number]

/**
 * Whether a page is asked for of which TypeORM would read rows of to-one relations without their keys, and would build the same
 * entities with them: what it reads at once it reads with the keys, what it reads as a page it does not, because copies of a query
 * forget that entities are wanted. Without its key a row is not told from the others that have one of its columns.
 *
 * Not beside a relation to many rows: these TypeORM groups by keys if it has them, and by nothing else if not.
 */
export function lacksKeysOfPage(map: ExpressionMap): boolean {
  const { selects, joinAttributes, mainAlias, groupBys, havings, selectDistinct, selectDistinctOn } = map
  const isPage = Boolean(map.skip ?? map.take) && mainAlias?.hasMetadata === true
  if (!isPage || groupBys.length + havings.length + selectDistinctOn.length > 0 || selectDistinct)
    return false
  const joins = joinAttributes.filter((join) => isShown(map, join.alias.name))
  return (
    selects.every(({ aliasName }) => aliasName === undefined) &&
    joins.every(isToOne) &&
    showsKey(map, mainAlias.name, mainAlias.metadata) &&
    joins.some(({ alias }) => !showsKey(map, alias.name, alias.metadata))
  )
}

const isToOne = ({ relation }: JoinAttribute): boolean =>
  relation !== undefined && (relation.isManyToOne || relation.isOneToOneOwner)

const isShown = ({ selects }: ExpressionMap, alias: string): boolean =>
  selects.some(({ selection }) => selection === alias || selection.startsWith(`${alias}.`))

const showsKey = ({ selects }: ExpressionMap, alias: string, { primaryColumns }: EntityMetadata): boolean =>
  primaryColumns.every(({ propertyPath, isSelect }) =>
    selects.some(
      ({ selection }) => (selection === alias && isSelect) || selection === `${alias}.${propertyPath}`,
    ),
  )
