import type { TableKeys } from '@freshet/core/adapter'
import type { ValueType } from '@freshet/sql'
import type { EntityMetadata } from 'typeorm'
import { changesByItself } from '../schema.js'
import type { KnownTable } from './table-precision.js'

type Column = EntityMetadata['columns'][number]

/**
 * What rows of a table are told apart by, from its entities and from the catalogue. Of one that has no entity the
 * catalogue alone tells.
 *
 * @param asked the columns of what users watch
 */
export function keysOfTable(
  metadatas: readonly EntityMetadata[],
  known: KnownTable,
  asked: readonly (readonly string[])[],
): Pick<TableKeys<ValueType>, 'rowKey' | 'keys' | 'selfChanging'> {
  const primary = metadatas.map(({ primaryColumns }) => namesOf(primaryColumns))
  const rowKey = [...primary, known.primaryKey].find((key) => key.length > 0)
  const keys = [...primary, ...known.uniqueKeys, ...metadatas.flatMap(ownKeys), ...asked]
  const computed = metadatas.flatMap(({ columns }) => namesOf(columns.filter(changesByItself)))
  return {
    rowKey,
    keys: keys.filter((key) => key.length > 0),
    selfChanging: [...new Set([...computed, ...known.selfChanging])],
  }
}

/** Uniques of some rows only, and foreign keys; of other uniques the database tells. */
function ownKeys(metadata: EntityMetadata): readonly (readonly string[])[] {
  const { indices, foreignKeys, relationsWithJoinColumns } = metadata
  return [
    ...indices.filter(({ isUnique }) => isUnique).map(({ columns }) => namesOf(columns)),
    // Relations have columns even where no constraint is made for them.
    ...relationsWithJoinColumns.map(({ joinColumns }) => namesOf(joinColumns)),
    ...foreignKeys.map(({ columns }) => namesOf(columns)),
  ]
}

const namesOf = (columns: readonly Column[]): readonly string[] =>
  columns.filter(({ isVirtualProperty }) => !isVirtualProperty).map(({ databaseName }) => databaseName)
