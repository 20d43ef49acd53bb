import { createHash } from 'node:crypto'
import type { DataSource, EntityMetadata } from 'typeorm'

const byMetadatas = new WeakMap<readonly EntityMetadata[], string>()

/**
 * Stands for everything in the definition of a DataSource's entities that decides what a snapshot of them holds. Two
 * versions of an application, or two DataSources of one database, then keep apart what they would build differently.
 */
export function schemaDigest({ entityMetadatas }: DataSource): string {
  let digest = byMetadatas.get(entityMetadatas)
  if (digest === undefined) {
    const text = JSON.stringify(entityMetadatas.map(describeEntity))
    byMetadatas.set(
      entityMetadatas,
      (digest = createHash('sha256').update(text).digest('base64url').slice(0, 22)),
    )
  }
  return digest
}

function describeEntity({ name, tablePath, columns, relations, relationIds }: EntityMetadata): unknown {
  return [
    name,
    tablePath,
    columns.map(({ propertyPath, databaseName, type, isArray, isVirtual, transformer }) => [
      propertyPath,
      databaseName,
      typeof type === 'function' ? type.name : type,
      isArray,
      isVirtual,
      transformer !== undefined,
    ]),
    relations.map(({ propertyPath, relationType, inverseEntityMetadata, isLazy, isEager }) => [
      propertyPath,
      relationType,
      inverseEntityMetadata.name,
      isLazy,
      isEager,
    ]),
    relationIds.map(({ propertyName, relation }) => [propertyName, relation.propertyPath]),
  ]
}
