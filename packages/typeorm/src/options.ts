import type { Cache } from '@freshet/core'
import type { Engine } from '@freshet/core/adapter'
import { assertOptions, engineOf, invalidOption, print } from '@freshet/core/adapter'

/**
 * What the entities cannot tell: `{ Audit: ['Post'] }` says that triggers on the table of Post write that of Audit;
 * `{ Report: ['Post', 'legacy_orders'] }` that the view Report is made from these. Names are of entities, or of tables
 * as the database has them; a table that is no entity's is known to Freshet once it is named here.
 */
export type DependsOn = Readonly<Record<string, readonly string[]>>

/** Options of `freshet()`. */
export interface FreshetOptions {
  /** From `createCache()`. The caller keeps it, and closes it. */
  readonly cache: Cache
  /**
   * Whose results these are: the tenant, role or user that the database filters by. Called when each
   * query is sent; results of different scopes are never mixed. Default: one scope for all.
   */
  readonly scope?: () => string
  /** Tables behind views, and tables that triggers and functions write. Default: what the entities say. */
  readonly dependsOn?: DependsOn
  /**
   * Names the database, where one cache serves several. Needed for every database but the first;
   * DataSources of the same database share a name.
   */
  readonly database?: string
}

const optionNames = ['cache', 'scope', 'dependsOn', 'database'] as const

/** What is settled before a DataSource is known. */
export interface ResolvedOptions {
  readonly engine: Engine
  readonly scope: (() => unknown) | undefined
  readonly dependsOn: DependsOn
  readonly database: string | undefined
}

/** @throws FreshetError INVALID_OPTION */
export function resolveOptions(options: FreshetOptions): ResolvedOptions {
  assertOptions('freshet()', options, optionNames)
  const { cache, scope, dependsOn = {}, database } = options
  const engine = engineOf(cache)
  if (engine === undefined) {
    throw invalidOption(
      `The option 'cache' of freshet() must come from createCache(), but ${print(cache)} was given.`,
    )
  }
  if (scope !== undefined && typeof scope !== 'function') {
    throw invalidOption(
      `The option 'scope' of freshet() must be a function that returns a string, but ${print(scope)} was given.`,
    )
  }
  if (database !== undefined && !/^[\w-]{1,64}$/.test(database)) {
    throw invalidOption(
      `The option 'database' must be a name of 1 to 64 letters, digits, '_' and '-', but ${print(database)} was given.`,
    )
  }
  assertDependsOn(dependsOn)
  return Object.freeze({ engine, scope, dependsOn, database })
}

function assertDependsOn(dependsOn: unknown): void {
  if (typeof dependsOn !== 'object' || dependsOn === null || Array.isArray(dependsOn)) {
    throw invalidOption(
      `The option 'dependsOn' must be an object such as { Report: ['Post'] }, but ${print(dependsOn)} was given.`,
    )
  }
  for (const [name, given] of Object.entries(dependsOn)) {
    if (Array.isArray(given) && given.every((item) => typeof item === 'string')) continue
    throw invalidOption(
      `The option 'dependsOn.${name}' must be an array of names of entities or tables, but ${print(given)} was given.`,
    )
  }
}
