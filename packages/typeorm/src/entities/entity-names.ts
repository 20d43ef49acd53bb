import type { DataSource, EntityMetadata } from 'typeorm'

/** Names for the entities of a DataSource that mean the same in every process. */
export class EntityNames {
  readonly #names = new Map<EntityMetadata, string>()
  readonly #metadatas = new Map<string, EntityMetadata | undefined>()

  constructor(metadatas: readonly EntityMetadata[]) {
    for (const metadata of metadatas) {
      const name = `${metadata.name}@${metadata.tablePath}`
      this.#names.set(metadata, name)
      // Two classes of one name on one table cannot be told apart by it.
      this.#metadatas.set(name, this.#metadatas.has(name) ? undefined : metadata)
    }
  }

  /** `undefined` if no name tells this entity from all others. */
  nameOf(metadata: EntityMetadata): string | undefined {
    const name = this.#names.get(metadata)
    return name !== undefined && this.#metadatas.get(name) === metadata ? name : undefined
  }

  metadataOf(name: string): EntityMetadata | undefined {
    return this.#metadatas.get(name)
  }
}

const byMetadatas = new WeakMap<readonly EntityMetadata[], EntityNames>()

export function entityNamesOf(dataSource: DataSource): EntityNames {
  // The array is a new one each time that a DataSource is initialized.
  let names = byMetadatas.get(dataSource.entityMetadatas)
  if (names === undefined) {
    byMetadatas.set(dataSource.entityMetadatas, (names = new EntityNames(dataSource.entityMetadatas)))
  }
  return names
}
