import type { Consistency, ResolvedConsistency } from './consistency.js'
import { assertCanBe } from './consistency.js'
import { FreshetError } from './errors.js'
import type { Events } from './events.js'
import type { MaybePromise } from './maybe-promise.js'
import type { Space } from './space.js'
import { namespaceOf } from './space.js'
import type { Store } from './store.js'
import type { ResolvedSwitch, Toggles } from './switch-options.js'
import { anyTable } from './tag.js'
import type { TagNames } from './tag-names.js'
import { tablePart } from './tag-names.js'

/** How a cache is switched: what holds for it, wherever it was switched. */
export interface SwitchState {
  /** Whether reads use the cache. */
  readonly reads: boolean
  /** Whether what is loaded is stored. */
  readonly stores: boolean
  readonly consistency: Consistency
  /** Models and entities of which something is off. */
  readonly models: Readonly<Record<string, Required<Toggles>>>
}

export interface SwitchesParts {
  readonly store: Store
  readonly events: Events
  readonly tagNames: TagNames
  readonly consistency: Consistency
}

/** What was switched of one namespace. */
interface SpaceSwitches extends Required<Toggles> {
  readonly models: ReadonlyMap<string, Required<Toggles>>
}

type Toggle = keyof Toggles

const on: Required<Toggles> = Object.freeze({ reads: true, stores: true })

/**
 * What is switched off of a cache, and how fresh its answers are, at run time.
 *
 * Writers do not look here: what is written is always told to the store, so whatever is there when reads are switched on
 * again is as good as if they had never been off.
 */
export class Switches {
  /** Nothing is off anywhere: what every read asks first. */
  areAllOn = true
  /** Whether an answer may be older than what the database has, or may soon be. */
  mayBeStale: boolean
  readonly #parts: SwitchesParts
  /** By the prefix of the namespace; only those of which something is off. */
  readonly #spaces = new Map<string, SpaceSwitches>()
  #consistency: Consistency
  /** Grows with each change of `consistency` that is asked for. */
  #turn = 0

  constructor(parts: SwitchesParts) {
    this.#parts = parts
    this.#consistency = parts.consistency
    this.mayBeStale = parts.consistency !== 'strong'
  }

  /** Whether reads of what depends on these tags use the cache. */
  reads(space: Space, tags: readonly string[]): boolean {
    return this.#isOn('reads', space, tags)
  }

  /** Whether what depends on these tags is stored. */
  stores(space: Space, tags: readonly string[]): boolean {
    return this.#isOn('stores', space, tags) && this.#isOn('reads', space, tags)
  }

  stateOf(space: Space): SwitchState {
    const state = { ...on }
    const models = new Map<string, Required<Toggles>>()
    for (const ofSpace of this.#around(space)) {
      state.reads &&= ofSpace.reads
      state.stores &&= ofSpace.stores
      for (const [name, toggles] of ofSpace.models) models.set(name, both(toggles, models.get(name) ?? on))
    }
    return Object.freeze({
      ...state,
      consistency: this.#consistency,
      models: Object.freeze(Object.fromEntries(models)),
    })
  }

  /**
   * Done when all of it holds. If `consistency` cannot be changed, nothing has been.
   *
   * @throws FreshetError UNSUPPORTED_CONSISTENCY, SWITCH_FAILED
   */
  async apply(space: Space, { own, models, consistency }: ResolvedSwitch): Promise<void> {
    const before = JSON.stringify(this.stateOf(space))
    // First: what is switched on again with it must not be served as it was allowed to be before.
    if (consistency !== undefined) await this.#become(consistency.given, consistency.resolved)
    // What was loaded under the switches of before is stored as they were.
    this.#parts.store.putWaiting?.()
    this.#toggle(space.prefix, own, models)
    const after = this.stateOf(space)
    if (JSON.stringify(after) !== before)
      this.#parts.events.emit('switch', { namespace: namespaceOf(space), switches: after })
  }

  #toggle(prefix: string, own: Toggles, models: ReadonlyMap<string, Toggles>): void {
    const before = this.#spaces.get(prefix) ?? { ...on, models: new Map<string, Required<Toggles>>() }
    const ofModels = new Map(before.models)
    for (const [name, toggles] of models) {
      const after = { ...(ofModels.get(name) ?? on), ...toggles }
      if (after.reads && after.stores) ofModels.delete(name)
      else ofModels.set(name, Object.freeze(after))
    }
    const after = { ...before, ...own, models: ofModels }
    if (after.reads && after.stores && ofModels.size === 0) this.#spaces.delete(prefix)
    else this.#spaces.set(prefix, after)
    this.areAllOn = this.#spaces.size === 0
  }

  async #become(given: Consistency, resolved: ResolvedConsistency): Promise<void> {
    const { store } = this.#parts
    assertCanBe(resolved.mode, store)
    const turn = ++this.#turn
    if (store.become === undefined) {
      if (JSON.stringify(given) === JSON.stringify(this.#consistency)) return
      throw cannotChange(store)
    }
    // From before the store may answer so until after it may not any more.
    if (resolved.mode !== 'strong') this.mayBeStale = true
    try {
      await become(store, resolved)
      if (turn !== this.#turn) throw superseded(resolved)
    } catch (cause) {
      if (turn === this.#turn) this.mayBeStale = this.#consistency !== 'strong'
      throw cause
    }
    this.#consistency = given
    this.mayBeStale = resolved.mode !== 'strong'
  }

  #isOn(toggle: Toggle, space: Space, tags: readonly string[]): boolean {
    if (this.areAllOn) return true
    for (const ofSpace of this.#around(space)) {
      if (!ofSpace[toggle]) return false
      for (const [name, toggles] of ofSpace.models)
        if (!toggles[toggle] && this.#dependsOn(name, tags)) return false
    }
    return true
  }

  *#around({ prefixes }: Space): Iterable<SpaceSwitches> {
    for (const prefix of prefixes) {
      const ofSpace = this.#spaces.get(prefix)
      if (ofSpace !== undefined) yield ofSpace
    }
  }

  #dependsOn(name: string, tags: readonly string[]): boolean {
    const tables = this.#parts.tagNames.resolve([name])
    return tags.some((tag) => tag === anyTable || tables.includes(tablePart(tag)))
  }
}

const both = (a: Required<Toggles>, b: Required<Toggles>): Required<Toggles> =>
  Object.freeze({ reads: a.reads && b.reads, stores: a.stores && b.stores })

const become = (store: Store, resolved: ResolvedConsistency): MaybePromise<void> => store.become!(resolved)

function cannotChange({ name, isLocal }: Store): FreshetError {
  return new FreshetError(
    'UNSUPPORTED_CONSISTENCY',
    isLocal === true
      ? `switch() was given a 'consistency', and the store '${name}' is in this process alone, so that every answer is strong whatever is asked for. Leave 'consistency' away.`
      : `switch() was given a 'consistency', and the store '${name}' stays as it was made. Only a store with copies in this process can change it: redisStore(), with 'near' on. Give createCache() what you need.`,
  )
}

/** The change was not made, because another one came meanwhile. */
function superseded({ mode }: ResolvedConsistency): FreshetError {
  return new FreshetError(
    'SWITCH_FAILED',
    `The cache was not made ${mode}: another switch() changed its consistency before that was done. Read cache.switches for what holds.`,
  )
}
