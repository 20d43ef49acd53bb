import type { AdapterOptions, PolicyOptions } from '@freshet/core'
import type { Policy, ResolvedAdapterOptions } from '@freshet/core/adapter'
import {
  assertDependsOn,
  type DependsOn,
  invalidOption,
  policyOptionNames,
  print,
  resolveAdapterOptions,
  resolvePolicy,
} from '@freshet/core/adapter'
import type { EntityPrecision, PrecisionOptions } from './precision/table-precision.js'
import { isFailure as judgeFailure } from './reads/is-failure.js'

export type { DependsOn, EntityPrecision }

/** Options of `freshet()`. Those of policies are for all that is read through the DataSource, over those of the cache. */
export interface FreshetOptions extends AdapterOptions, PolicyOptions {
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
  /**
   * `row`: a write to a table stops the reads that it could change, as far as the database tells. `table`: it stops all of
   * them, which costs less where nearly every write would. Default `row`.
   */
  readonly precision?: 'row' | 'table'
  /**
   * The same for single entities by their names, and what else their rows are told apart by:
   * `{ Post: { watch: ['slug'] }, Job: { precision: 'table' } }`. Default: none.
   */
  readonly entities?: Readonly<Record<string, EntityPrecision>>
}

/** What is settled before a DataSource is known. */
export interface ResolvedOptions extends ResolvedAdapterOptions {
  readonly dependsOn: DependsOn
  readonly tables: readonly string[]
  readonly precision: PrecisionOptions
  readonly policy: Policy
}

/** @throws FreshetError INVALID_OPTION, INVALID_DURATION, CONTRADICTORY_OPTIONS */
export function resolveOptions(options: FreshetOptions): ResolvedOptions {
  const shared = resolveAdapterOptions(options, [
    'dependsOn',
    'tables',
    'precision',
    'entities',
    ...policyOptionNames,
  ])
  const { dependsOn = {}, tables = [], precision: otherwise = 'row', entities = {} } = options
  assertDependsOn(dependsOn)
  if (!isListOfNames(tables)) {
    throw invalidOption(
      `The option 'tables' must be an array of names of tables, such as ['legacy_orders'], but ${print(tables)} was given.`,
    )
  }
  if ((otherwise as unknown) !== 'row' && (otherwise as unknown) !== 'table')
    throw invalidOption(`The option 'precision' must be 'row' or 'table', but ${print(otherwise)} was given.`)
  if (typeof entities !== 'object' || entities === null || Array.isArray(entities))
    throw invalidOption(
      `The option 'entities' must be an object such as { Post: { precision: 'table' } }, but ${print(entities)} was given.`,
    )
  return Object.freeze({
    ...shared,
    dependsOn,
    tables,
    precision: { otherwise, entities },
    policy: policyOf(options, shared.engine.policy),
  })
}

function policyOf(options: FreshetOptions, ofCache: Policy): Policy {
  const { isFailure = judgeFailure } = ofCache.resilience
  const given = policyOptionNames.filter((name) => options[name] !== undefined)
  const own = Object.fromEntries(given.map((name) => [name, options[name]])) as PolicyOptions
  return resolvePolicy({ isFailure, ...own }, ofCache)
}

const isListOfNames = (given: unknown): boolean =>
  Array.isArray(given) && given.every((item) => typeof item === 'string')
