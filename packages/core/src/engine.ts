import type { Clock } from './clock.js'
import type { Dialects } from './dialects.js'
import type { Events } from './events.js'
import type { Policy } from './policy.js'
import type { Reader } from './read.js'
import type { Space } from './space.js'
import type { Counters } from './stats.js'
import type { Store } from './store.js'
import type { Switches } from './switches.js'
import type { TagNames } from './tag-names.js'
import type { Writer } from './write.js'

/** The parts behind a cache, for the adapters (`@freshet/core/adapter`). Not covered by semantic versioning. */
export interface Engine {
  readonly reader: Reader
  readonly writer: Writer
  readonly store: Store
  readonly clock: Clock
  readonly events: Events
  readonly counters: Counters
  readonly tagNames: TagNames
  /** The databases whose tables the tags of this namespace name: name to whatever stands for the connection. */
  readonly databases: Map<string, object>
  readonly space: Space
  readonly dialects: Dialects
  readonly policy: Policy
  readonly switches: Switches
  readonly closing: AbortSignal
}

// Registered globally: the cache may come from the ESM build and the adapter from the CommonJS one.
const engineKey = Symbol.for('freshet.engine')

interface HasEngine {
  readonly [engineKey]: Engine
}

export function withEngine<T extends object>(cache: T, engine: Engine): T {
  return Object.defineProperty(cache, engineKey, { value: engine })
}

/** The engine behind a cache, or `undefined` if this is no cache of Freshet. */
export function engineOf(cache: unknown): Engine | undefined {
  if (typeof cache !== 'object' || cache === null || !(engineKey in cache)) return undefined
  return (cache as HasEngine)[engineKey]
}
