import type { AdapterOptions } from '@freshet/core'
import type { ResolvedAdapterOptions } from '@freshet/core/adapter'
import {
  assertDependsOn,
  type DependsOn,
  invalidOption,
  print,
  resolveAdapterOptions,
} from '@freshet/core/adapter'

export type { DependsOn }

/** Options of `freshet()`. */
export interface FreshetOptions extends AdapterOptions {
  /**
   * Tables behind views, and tables that triggers and functions write, by the names of entities, or of tables as the
   * database has them. Default: what the entities say.
   */
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

const isListOfNames = (given: unknown): boolean =>
  Array.isArray(given) && given.every((item) => typeof item === 'string')
