import { encodeCanonical } from '@freshet/core/adapter'
import type { EntityMetadata, FindManyOptions, ObjectLiteral, SelectQueryBuilder } from 'typeorm'
import { findText } from './find-text.js'

type Builder = SelectQueryBuilder<ObjectLiteral>
type FindOptions = FindManyOptions<ObjectLiteral>

interface BuilderInternals {
  readonly findOptions: FindOptions
  readonly relationMetadatas: EntityMetadata['relations']
}

/** What a read asks for, as text. */
export interface ReadText {
  /** Two reads have the same only if they give the same entities. */
  readonly whole: string
  /** Two reads have the same only if they read the same tables, in the same ways. */
  readonly shape: string
}

/**
 * The text of a query builder: the SQL, the parameters and what becomes of the rows.
 *
 * @param options the find options that the builder was made of, as far as the SQL does not show what they mean
 * @returns `undefined` if there is none, as for a parameter of a class of the caller's
 */
export function builderText(builder: Builder, options?: FindOptions): ReadText | undefined {
  const [sql, parameters] = builder.getQueryAndParameters()
  const found = findText(options ?? (builder as unknown as BuilderInternals).findOptions)
  const rest = found === undefined ? undefined : encodeCanonical([...use(builder), found])
  const values = encodeCanonical(parameters)
  if (rest === undefined || values === undefined) return undefined
  const shape = `S${sql.length}:${sql}${rest}`
  return { whole: shape + values, shape }
}

function use(builder: Builder): readonly unknown[] {
  const { expressionMap } = builder
  const { relationMetadatas } = builder as unknown as BuilderInternals
  return [
    builder.alias,
    expressionMap.mainAlias!.metadata.name,
    expressionMap.selects.map(({ selection, aliasName }) => [selection, aliasName]),
    expressionMap.joinAttributes.map((join) => [
      join.alias.name,
      typeof join.entityOrProperty === 'function' ? join.entityOrProperty.name : join.entityOrProperty,
      join.mapToProperty,
      join.isMappingMany,
    ]),
    // With a function among them, which loads ids by a query of its own making, there is no text.
    expressionMap.relationIdAttributes.map((ids) => [
      ids.relationName,
      ids.mapToProperty,
      ids.alias,
      ids.disableMixedMap,
      ids.queryBuilderFactory,
    ]),
    relationMetadatas.map(({ propertyPath }) => propertyPath),
    expressionMap.relationLoadStrategy,
    expressionMap.withDeleted,
    expressionMap.callListeners,
    expressionMap.skip,
    expressionMap.take,
  ]
}
