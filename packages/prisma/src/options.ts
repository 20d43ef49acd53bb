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
import type { DataModel } from './schema/data-model.js'

/** How reads of one model are cached. */
export interface ModelOptions extends PolicyOptions {
  /** Whether reads of this model are cached when the read itself does not say. */
  readonly cache?: boolean
}

/** Options of `freshet()`. */
export interface FreshetOptions extends AdapterOptions {
  /** For all models that `models` does not name. Default `{ cache: true }`. */
  readonly defaults?: ModelOptions
  /** Per model: `false` is never cached, `true` always, or options. */
  readonly models?: Readonly<Record<string, boolean | ModelOptions>>
  /** What the schema cannot tell: tables behind views, and tables that triggers and functions write. */
  readonly dependsOn?: DependsOn
}

const ownOptionNames = ['defaults', 'models', 'dependsOn'] as const
const modelOptionNames = ['cache', ...policyOptionNames] as const

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
  assertModelOptions("The option 'defaults'", defaults)
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
  const options = assertModelOptions(`The option 'models.${name}'`, given)
  // Options for a model mean that it is wanted.
  return { cached: options.cache ?? true, policy: resolvePolicy(options, base.policy) }
}

function assertModelOptions(where: string, options: unknown): ModelOptions {
  assertOptions(where, options, modelOptionNames)
  const { cache } = options as ModelOptions
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
