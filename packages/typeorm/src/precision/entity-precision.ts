import { assertOptions, invalidOption, nearest, print } from '@freshet/core/adapter'
import type { EntityMetadata } from 'typeorm'

/** What is told apart of one entity. */
export interface EntityPrecision {
  /** `table`: every write to the entity's table stops all reads of it. Default: as `precision` of `freshet()` says. */
  readonly precision?: 'row' | 'table' | undefined
  /**
   * Properties, or lists of properties that a `where` names together, by whose values reads are told apart beside the
   * primary key, the uniques and the foreign keys, such as `['slug', ['tenant', 'status']]`. Every write pays for each. All
   * processes that share a store must watch the same: one that does not leaves answers by it outdated. Default: none.
   */
  readonly watch?: readonly (string | readonly string[])[] | undefined
  /**
   * Properties that are written so often that reads which do not look at them are told apart from those that do: a write of
   * nothing else, such as a view counter, leaves alone what shows a row without them. Properties of keys and of `watch` are
   * none, and what every update changes always is. All processes that share a store must name the same. Default: those that hold
   * numbers.
   */
  readonly volatile?: readonly string[] | undefined
  /**
   * A delete that cascades does not say whose rows go along, so it stops every count and average of these rows, unless it is known which
   * rows they are of. With a number Freshet asks the database that itself: when a count, or a query of aggregates with `cache: true`, is
   * loaded whose `where` names a foreign key of this entity, it sends one more query, in the background, for the keys of these
   * rows, if no answer has shown them and there are no more than so many. Of an entity that is listed or counted by a relation to many
   * (`where: { categories: { slug } }`) it asks in the same way which rows the other one is joined with. Kept for each row are some 30 bytes a key, in memory
   * and within the store's `maxBytes`; other stores do not ask. Default: 0, nothing is asked.
   */
  readonly members?: number | undefined
}

type Entities = Readonly<Record<string, EntityPrecision>> | undefined

/** The columns that are asked for of a table, by the entities made for it. */
export function watchedColumns(
  entities: Entities,
  metadatas: readonly EntityMetadata[],
): readonly (readonly string[])[] {
  return metadatas.flatMap((metadata) =>
    (entities?.[metadata.name]?.watch ?? []).map((names) =>
      (typeof names === 'string' ? [names] : names).flatMap((name) => columnsOfProperty(metadata, name)),
    ),
  )
}

/**
 * The columns that are asked to be volatile of a table, by the entities made for it; `undefined`: none of them says.
 */
export function volatileColumns(
  entities: Entities,
  metadatas: readonly EntityMetadata[],
): readonly string[] | undefined {
  const asked = metadatas.flatMap((metadata) => {
    const { volatile } = entities?.[metadata.name] ?? {}
    return volatile === undefined ? [] : [volatile.flatMap((name) => columnsOfProperty(metadata, name))]
  })
  return asked.length === 0 ? undefined : asked.flat()
}

/** A relation stands for its join columns, and an embedded property is named by its path: `address.city`. */
function columnsOfProperty(metadata: EntityMetadata, name: string): readonly string[] {
  const column = metadata.columns.find(({ propertyPath }) => propertyPath === name)
  if (column !== undefined) return [column.databaseName]
  const relation = metadata.relations.find(({ propertyPath }) => propertyPath === name)
  return relation?.joinColumns.map(({ databaseName }) => databaseName) ?? []
}

/** @throws FreshetError INVALID_OPTION */
export function assertEntityPrecision(entities: Entities, metadatas: readonly EntityMetadata[]): void {
  for (const [name, given] of Object.entries(entities ?? {})) {
    const own = metadatas.filter((metadata) => metadata.name === name)
    if (own.length === 0) {
      const known = metadatas.map((metadata) => metadata.name)
      throw unknownName('entities', name, 'no entity of this DataSource is', known)
    }
    assertOptions(`The option 'entities.${name}'`, given, ['precision', 'watch', 'volatile', 'members'])
    const { precision, watch = [], volatile = [], members = 0 } = given
    if (!(Number.isSafeInteger(members) && members >= 0)) {
      throw invalidOption(
        `The option 'entities.${name}.members' must be a number of rows, such as 1000, but ${print(members)} was given.`,
      )
    }
    if (precision !== undefined && precision !== 'row' && precision !== 'table') {
      throw invalidOption(
        `The option 'entities.${name}.precision' must be 'row' or 'table', but ${print(precision)} was given.`,
      )
    }
    if (!isListOfKeys(watch)) {
      throw invalidOption(
        `The option 'entities.${name}.watch' must be an array of property names, or of lists of them, such as ['slug', ['tenant', 'status']], but ${print(watch)} was given.`,
      )
    }
    if (!Array.isArray(volatile) || !volatile.every((property) => typeof property === 'string')) {
      throw invalidOption(
        `The option 'entities.${name}.volatile' must be an array of property names, such as ['views'], but ${print(volatile)} was given.`,
      )
    }
    for (const property of watch.flat()) assertColumn(own, `${name}.watch`, property)
    for (const property of volatile) assertColumn(own, `${name}.volatile`, property)
  }
}

const isListOfKeys = (watch: unknown): boolean =>
  Array.isArray(watch) && watch.flat().every((name) => typeof name === 'string')

function assertColumn(metadatas: readonly EntityMetadata[], option: string, property: string): void {
  if (metadatas.some((metadata) => columnsOfProperty(metadata, property).length > 0)) return
  const known = metadatas.flatMap((metadata) => [
    ...metadata.columns.map(({ propertyPath }) => propertyPath),
    ...metadata.relationsWithJoinColumns.map(({ propertyPath }) => propertyPath),
  ])
  throw unknownName(`entities.${option}`, property, 'no property of it has a column', known)
}

function unknownName(option: string, name: string, what: string, known: readonly string[]): Error {
  const near = nearest(name, known)
  return invalidOption(
    `The option '${option}' names '${name}', but ${what} of that name.` +
      (near === undefined ? '' : ` Did you mean '${near}'?`),
  )
}
