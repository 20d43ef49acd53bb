import { FreshetError } from '@freshet/core'
import type { AdapterOptions, PolicyOptions } from '@freshet/core'
import type { Policy, ResolvedAdapterOptions } from '@freshet/core/adapter'
import {
  assertOptions,
  invalidOption,
  nearest,
  policyOptionNames,
  print,
  resolveAdapterOptions,
  resolvePolicy,
} from '@freshet/core/adapter'
import { isFailure as judgeFailure } from './client/is-failure.js'
import type { DependsOn } from './dependencies/depends-on.js'
import type { ModelPrecision, PrecisionOptions } from './precision/table-precision.js'
import type { DataModel } from './schema/data-model.js'

/** How reads of one model are cached. */
export interface ModelOptions extends PolicyOptions {
  /** Whether reads of this model are cached when the read itself does not say. */
  readonly cache?: boolean
  /**
   * `row`: a write to the model's table stops the reads that it could change, as far as the database tells. `table`: it stops
   * all of them, which costs less where nearly every write would. Default: as `defaults` says, and `row` there.
   */
  readonly precision?: 'row' | 'table'
  /**
   * Fields, or lists of fields that a `where` names together, by whose values reads are told apart beside the primary key,
   * the uniques and the foreign keys, such as `['slug', ['tenantId', 'status']]`. Every write pays for each. All clients and
   * processes that share a store must watch the same: one that does not leaves answers by it outdated. Default: none.
   */
  readonly watch?: readonly (string | readonly string[])[]
  /**
   * Fields that are written so often that reads which do not look at them are told apart from those that do: a write of
   * nothing else, such as a view counter, leaves alone what shows a row without them. Fields of keys and of `watch` are none,
   * and what every update changes always is. All clients and processes that share a store must name the same. Default: those
   * that hold numbers.
   */
  readonly volatile?: readonly string[]
  /**
   * A delete that cascades does not say whose rows go along, so it stops every count and average of these rows, unless it is known which
   * rows they are of. With a number Freshet asks the database that itself: once `count`, `aggregate` or `groupBy` of this model has been
   * loaded whose `where` names a foreign key (`where: { productId: 5 }`), or a row with a `_count` of them, it sends one more
   * query, in the background, for the keys of these rows, if no answer has shown them and there are no more than so many. So it does where a list or a
   * count of this model asks by a many-to-many relation (`where: { categories: { some: { slug } } }`): then a row that is changed stops those alone in
   * whose category it is. Kept for each row are some 30 bytes a key, in
   * memory and within the store's `maxBytes`; other stores do not ask. Default: 0, nothing is asked.
   */
  readonly members?: number
}

/** How reads are cached of all models that `models` does not name. */
export type DefaultOptions = Omit<ModelOptions, 'watch' | 'volatile' | 'members'>

/** Options of `freshet()`. */
export interface FreshetOptions extends AdapterOptions {
  /** For all models that `models` does not name. Default `{ cache: true }`. */
  readonly defaults?: DefaultOptions
  /** Per model: `false` is never cached, `true` always, or options. */
  readonly models?: Readonly<Record<string, boolean | ModelOptions>>
  /** What the schema cannot tell: tables behind views, and tables that triggers and functions write. */
  readonly dependsOn?: DependsOn
}

const ownOptionNames = ['defaults', 'models', 'dependsOn'] as const
const defaultOptionNames = ['cache', 'precision', ...policyOptionNames] as const
const modelOptionNames = [...defaultOptionNames, 'watch', 'volatile', 'members'] as const

/** What is settled before a client is known. */
export interface ResolvedOptions extends ResolvedAdapterOptions {
  readonly defaults: ModelOptions
  readonly models: Readonly<Record<string, boolean | ModelOptions>>
  readonly dependsOn: DependsOn | undefined
}

/** @throws FreshetError INVALID_OPTION, INVALID_DURATION */
export function resolveOptions(options: FreshetOptions): ResolvedOptions {
  const shared = resolveAdapterOptions(options, ownOptionNames)
  const { defaults = {}, models = {}, dependsOn } = options
  assertModelOptions("The option 'defaults'", defaults, defaultOptionNames)
  if (typeof models !== 'object' || models === null || Array.isArray(models)) {
    throw invalidOption(
      `The option 'models' must be an object such as { Session: false }, but ${print(models)} was given.`,
    )
  }
  return { ...shared, defaults, models, dependsOn }
}

/** How one model's reads are cached. */
export interface ModelPolicy {
  readonly cached: boolean
  readonly policy: Policy
}

/**
 * The policies of all models.
 *
 * @throws FreshetError INVALID_OPTION for a model that the schema does not have, INVALID_DURATION
 */
export function resolveModels(
  options: ResolvedOptions,
  dataModel: DataModel,
): (model: string) => ModelPolicy {
  const { engine, defaults, models } = options
  const { isFailure = judgeFailure } = engine.policy.resilience
  const policy = resolvePolicy({ isFailure, ...defaults }, engine.policy)
  const base = { cached: defaults.cache ?? true, policy }
  const byModel = new Map<string, ModelPolicy>()
  for (const [name, given] of Object.entries(models)) {
    byModel.set(knownModel(name, dataModel), modelPolicy(name, given, base))
  }
  return (model) => byModel.get(model) ?? base
}

function modelPolicy(name: string, given: unknown, base: ModelPolicy): ModelPolicy {
  if (typeof given === 'boolean') return { ...base, cached: given }
  const options = assertModelOptions(`The option 'models.${name}'`, given, modelOptionNames)
  // Options for a model mean that it is wanted.
  return { cached: options.cache ?? true, policy: resolvePolicy(options, base.policy) }
}

/** What is told apart of each model that is named, and of the others. */
export function precisionOptions({ defaults, models }: ResolvedOptions): PrecisionOptions {
  const byName = Object.entries(models).flatMap(([name, given]) =>
    typeof given === 'object' ? [[name, pickPrecision(given)] as const] : [],
  )
  return { otherwise: defaults.precision ?? 'row', models: Object.fromEntries(byName) }
}

const pickPrecision = ({ precision, watch, volatile, members }: ModelOptions): ModelPrecision => ({
  precision,
  watch,
  volatile,
  members,
})

function assertModelOptions(where: string, options: unknown, names: readonly string[]): ModelOptions {
  assertOptions(where, options, names)
  const { cache, precision, members } = options as ModelOptions
  if (members !== undefined && !(Number.isSafeInteger(members) && members >= 0))
    throw invalidOption(
      `${where} has 'members' that must be a number of rows, such as 1000, but ${print(members)} was given.`,
    )
  if (precision !== undefined && (precision as unknown) !== 'row' && (precision as unknown) !== 'table')
    throw invalidOption(
      `${where} has a 'precision' that must be 'row' or 'table', but ${print(precision)} was given.`,
    )
  if (cache !== undefined && typeof cache !== 'boolean') {
    throw invalidOption(`${where} has a 'cache' that must be true or false, but ${print(cache)} was given.`)
  }
  return options as ModelOptions
}

function knownModel(name: string, dataModel: DataModel): string {
  if (dataModel.models.has(name)) return name
  const near = nearest(name, [...dataModel.models.keys()])
  throw new FreshetError(
    'INVALID_OPTION',
    `The option 'models' names '${name}', which the Prisma schema does not have.${near === undefined ? '' : ` Did you mean '${near}'?`}`,
  )
}
