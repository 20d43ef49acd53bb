import { invalidOption, nearest, print } from '@freshet/core/adapter'
import type { EntityMetadata, ObjectLiteral, Repository } from 'typeorm'
import { tablesOfEntity } from './tables-read.js'
import { configuredState } from './configured-state.js'

/**
 * What `Repository.invalidateCache()` does.
 *
 * @throws FreshetError NOT_CONFIGURED, INVALID_OPTION
 */
export async function invalidateEntity(
  repository: Repository<ObjectLiteral>,
  criteria: unknown,
): Promise<void> {
  const { manager, metadata } = repository
  const state = configuredState(manager.dataSource, 'Repository.invalidateCache')
  assertCriteria(metadata, criteria)
  await state.invalidate(tablesOfEntity(metadata), `${metadata.name}.invalidateCache`)
}

function assertCriteria(metadata: EntityMetadata, criteria: unknown): void {
  if (criteria === undefined) return
  for (const one of Array.isArray(criteria) ? (criteria as unknown[]) : [criteria]) {
    if (typeof one !== 'object' || one === null || Array.isArray(one)) {
      throw invalidOption(
        `invalidateCache() takes criteria such as { id: 7 }, an array of such, or nothing, but ${print(one)} was given.`,
      )
    }
    for (const name of Object.keys(one)) assertProperty(metadata, name)
  }
}

/** A misspelt property would invalidate something else than was meant. */
function assertProperty(metadata: EntityMetadata, name: string): void {
  const known = [...metadata.columns, ...metadata.relations, ...metadata.embeddeds].map(
    ({ propertyName }) => propertyName,
  )
  if (known.includes(name)) return
  const near = nearest(name, known)
  throw invalidOption(
    `invalidateCache() was given criteria for '${name}', but ${metadata.name} has no such property.${near === undefined ? '' : ` Did you mean '${near}'?`}`,
  )
}
