import { type Consistency, type ResolvedConsistency, resolveConsistency } from './consistency.js'
import type { FreshetError } from './errors.js'
import { assertOptions, invalidOption, nearest, print } from './options.js'
import type { TagNames } from './tag-names.js'

/** What is left as it is where it is not named. */
export interface Toggles {
  /** `false`: reads go to their loaders; nothing is looked up, shared or stored. */
  readonly reads?: boolean
  /** `false`: what is there is served, and what is loaded is not stored. */
  readonly stores?: boolean
}

/** What `cache.switch()` takes. Invalidation is not among it: it is never off. */
export interface SwitchOptions extends Toggles {
  /** For whatever depends on these models or entities, by the names that an adapter knows them by, whoever reads it. */
  readonly models?: Readonly<Record<string, Toggles>>
  /** How fresh answers must be from now on. Of the whole cache only, and of stores that keep copies in this process. */
  readonly consistency?: Consistency
}

/** {@link SwitchOptions}, checked. */
export interface ResolvedSwitch {
  readonly own: Toggles
  readonly models: ReadonlyMap<string, Toggles>
  readonly consistency: { readonly given: Consistency; readonly resolved: ResolvedConsistency } | undefined
}

const toggleNames = ['reads', 'stores'] as const
const optionNames = [...toggleNames, 'models', 'consistency'] as const

/** @throws FreshetError INVALID_OPTION, INVALID_DURATION */
export function resolveSwitch(
  options: SwitchOptions,
  { tagNames, isWholeCache }: { readonly tagNames: TagNames; readonly isWholeCache: boolean },
): ResolvedSwitch {
  assertOptions('switch()', options, optionNames)
  const { models = {}, consistency } = options
  if (typeof models !== 'object' || models === null || Array.isArray(models))
    throw invalidOption(
      `The option 'models' of switch() must be an object such as { Post: { reads: false } }, but ${print(models)} was given.`,
    )
  if (consistency !== undefined && !isWholeCache)
    throw invalidOption(
      "A namespace has no 'consistency' of its own: its entries are in the same store as the whole cache's. Call switch() on the cache that createCache() returned.",
    )
  return {
    own: togglesOf('switch()', options),
    models: new Map(Object.entries(models).map(([name, toggles]) => modelSwitch(name, toggles, tagNames))),
    consistency:
      consistency === undefined
        ? undefined
        : { given: consistency, resolved: resolveConsistency(consistency) },
  }
}

function modelSwitch(name: string, toggles: unknown, { names }: TagNames): readonly [string, Toggles] {
  if (!names.has(name)) throw unknownModel(name, [...names])
  const where = `The option 'models.${name}' of switch()`
  assertOptions(where, toggles, toggleNames)
  return [name, togglesOf(where, toggles as Toggles)]
}

function togglesOf(where: string, given: Toggles): Toggles {
  const toggles: { reads?: boolean; stores?: boolean } = {}
  for (const name of toggleNames) {
    const value: unknown = given[name]
    if (value === undefined) continue
    if (typeof value !== 'boolean')
      throw invalidOption(
        `${where} has '${name}', which must be true or false, but ${print(value)} was given.`,
      )
    toggles[name] = value
  }
  return toggles
}

function unknownModel(name: string, known: readonly string[]): FreshetError {
  const near = nearest(name, known)
  const hint =
    known.length === 0
      ? ' No client or DataSource has been given this cache yet: add freshet() first.'
      : near === undefined
        ? ` It knows: ${known.join(', ')}.`
        : ` Did you mean '${near}'?`
  return invalidOption(
    `The option 'models' of switch() names '${name}', which this cache does not know.${hint}`,
  )
}
