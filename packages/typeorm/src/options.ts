import type { AdapterOptions, ResolvedAdapterOptions } from '@freshet/core/adapter'
import { invalidOption, print, resolveAdapterOptions } from '@freshet/core/adapter'

/**
 * What the entities cannot tell: `{ Audit: ['Post'] }` says that triggers on the table of Post write that of Audit;
 * `{ Report: ['Post', 'legacy_orders'] }` that the view Report is made from these. Names are of entities, or of tables
 * as the database has them; a table that is no entity's is known to Freshet once it is named here.
 */
export type DependsOn = Readonly<Record<string, readonly string[]>>

/** Options of `freshet()`. */
export interface FreshetOptions extends AdapterOptions {
  /** Tables behind views, and tables that triggers and functions write. Default: what the entities say. */
  readonly dependsOn?: DependsOn
}

/** What is settled before a DataSource is known. */
export interface ResolvedOptions extends ResolvedAdapterOptions {
  readonly dependsOn: DependsOn
}

/** @throws FreshetError INVALID_OPTION */
export function resolveOptions(options: FreshetOptions): ResolvedOptions {
  const shared = resolveAdapterOptions(options, ['dependsOn'])
  const { dependsOn = {} } = options
  assertDependsOn(dependsOn)
  return Object.freeze({ ...shared, dependsOn })
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
