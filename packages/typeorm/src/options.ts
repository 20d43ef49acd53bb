import type { AdapterOptions } from '@freshet/core'
import type { ResolvedAdapterOptions } from '@freshet/core/adapter'
import { invalidOption, print, resolveAdapterOptions } from '@freshet/core/adapter'

/**
 * What the entities cannot tell: `{ Audit: ['Post'] }` says that triggers on the table of Post write that of Audit;
 * `{ Report: ['Post', 'legacy_orders'] }` that the view Report is made from these. Names are of entities, or of tables
 * as the database has them.
 */
export type DependsOn = Readonly<Record<string, readonly string[]>>

/** Options of `freshet()`. */
export interface FreshetOptions extends AdapterOptions {
  /** Tables behind views, and tables that triggers and functions write. Default: what the entities say. */
  readonly dependsOn?: DependsOn
  /**
   * Tables and views that no entity is made for, as the database names them: what is read from them can then be told,
   * and so can what a write to them touches. Default: none; a statement that names another concerns everything.
   */
  readonly tables?: readonly string[]
}

/** What is settled before a DataSource is known. */
export interface ResolvedOptions extends ResolvedAdapterOptions {
  readonly dependsOn: DependsOn
  readonly tables: readonly string[]
}

/** @throws FreshetError INVALID_OPTION */
export function resolveOptions(options: FreshetOptions): ResolvedOptions {
  const shared = resolveAdapterOptions(options, ['dependsOn', 'tables'])
  const { dependsOn = {}, tables = [] } = options
  assertDependsOn(dependsOn)
  if (!isListOfNames(tables)) {
    throw invalidOption(
      `The option 'tables' must be an array of names of tables, such as ['legacy_orders'], but ${print(tables)} was given.`,
    )
  }
  return Object.freeze({ ...shared, dependsOn, tables })
}

function assertDependsOn(dependsOn: unknown): void {
  if (typeof dependsOn !== 'object' || dependsOn === null || Array.isArray(dependsOn)) {
    throw invalidOption(
      `The option 'dependsOn' must be an object such as { Report: ['Post'] }, but ${print(dependsOn)} was given.`,
    )
  }
  for (const [name, given] of Object.entries(dependsOn)) {
    if (isListOfNames(given)) continue
    throw invalidOption(
      `The option 'dependsOn.${name}' must be an array of names of entities or tables, but ${print(given)} was given.`,
    )
  }
}

const isListOfNames = (given: unknown): boolean =>
  Array.isArray(given) && given.every((item) => typeof item === 'string')
