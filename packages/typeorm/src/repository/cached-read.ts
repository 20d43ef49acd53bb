import type { Engine, LoadContext, Policy } from '@freshet/core/adapter'
import { isPromise, resolvePolicy, withoutLaterLoads } from '@freshet/core/adapter'
import { LRUCache } from 'lru-cache'
import type { DataSource, ObjectLiteral, SelectQueryBuilder } from 'typeorm'
import { OutdatedSnapshot } from '../entities/outdated-snapshot.js'
import type { ReadPlan } from '../reads/index.js'
import { keyOf, readPlanOf, scopeOf } from '../reads/index.js'
import type { FreshetState } from '../state.js'
import type { AnswerKind } from './answer.js'
import { loadFor } from './answer.js'
import type { ReadText } from './builder-text.js'
import type { GetWithCacheOptions } from './read-options.js'
import { assertReadOptions } from './read-options.js'
import { tablesRead } from './tables-read.js'

/** One call: what is read, and how it is told from every other read. */
export interface CachedRead {
  readonly state: FreshetState
  readonly dataSource: DataSource
  readonly kind: AnswerKind
  /** For events and statistics, such as `Post.getWithCache`. */
  readonly source: string
  /** Why it may be neither served nor stored, if so. */
  readonly obstacle: string | undefined
  readonly plan: ReadPlan
  /** `undefined` if nothing tells it from every other read. */
  readonly text: ReadText | undefined
  /** Reads through a query runner of the caller's, who has other uses for it. */
  readonly hasRunner: boolean
  /** Made when it is needed, once. */
  builder(): SelectQueryBuilder<ObjectLiteral>
  /** From now on what is read does not depend on what the caller does with their options, or with their builder. */
  keep(): void
}

/**
 * The way of a read: refuse bad options, go past the cache where it must not be used, otherwise through the engine.
 *
 * @throws FreshetError INVALID_OPTION, INVALID_DURATION, INVALID_TAG
 */
export async function readCached(
  read: CachedRead,
  options: GetWithCacheOptions | undefined,
): Promise<unknown> {
  const { state, kind } = read
  const { engine } = state
  if (options !== undefined) assertReadOptions(kind.method, options)
  const asked = options === undefined ? state.policy : resolvePolicy(options, state.policy)
  const policy = read.hasRunner ? withoutLaterLoads(asked) : asked
  const ownTags = options?.tags === undefined ? undefined : engine.tagNames.resolve(options.tags)
  if (read.obstacle !== undefined) return bypass(read, read.obstacle)
  const scoped = options?.scope === undefined ? scopeOf(state) : { scope: options.scope }
  if (scoped === undefined) return bypass(read, 'scope')
  const { text, plan } = read
  const key = text === undefined ? text : keyOf(read.dataSource, state, plan, text.whole, scoped.scope)
  if (text === undefined || key === undefined) return bypass(read, 'no canonical form')
  const known = knownOf(read, `${plan.digest}|${text.shape}`)
  if (typeof known === 'string') return bypass(read, known)
  const tags = ownTags === undefined ? known : [...known, ...ownTags]
  try {
    // Awaited only if it must be: even that costs a turn of the microtask queue.
    const answer = lookUp(read, key, tags, policy, mayBeStale(engine, policy) && options?.mutable !== true)
    return isPromise(answer) ? await answer : answer
  } catch (error) {
    if (!(error instanceof OutdatedSnapshot)) throw error
    engine.counters.failures++
    engine.events.emit('failure', { action: 'restore', cause: error })
    await engine.reader.delete(engine.space, key)
    return bypass(read, 'outdated')
  }
}

function lookUp(
  read: CachedRead,
  key: string,
  tags: readonly string[],
  policy: Policy,
  frozen: boolean,
): unknown {
  const { state, kind, dataSource, source } = read
  const { engine } = state
  return engine.reader.read({
    space: engine.space,
    key,
    tags,
    policy,
    load: (context: LoadContext) => loadFor(state, kind, read.builder(), source, context),
    keepArguments: () => read.keep(),
    restore: (value) => kind.restore(value, dataSource, frozen),
    source,
  })
}

/** Saving an entity that is older than its row writes the old values back. */
const mayBeStale = ({ switches }: Engine, { resilience }: Policy): boolean =>
  switches.mayBeStale || resilience.mayBeStale

/** As without the cache. */
function bypass({ state: { engine }, source, kind, builder }: CachedRead, reason: string): Promise<unknown> {
  engine.counters.bypasses++
  if (engine.events.has('bypass')) engine.events.emit('bypass', { key: undefined, source, reason })
  return kind.direct(builder())
}

const maxKnown = 5_000
// Shapes hold whole texts, some of them long.
const maxKnownLength = 16 * 2 ** 20

/** The tags of a read, or why it cannot be cached. */
type Known = readonly string[] | string

const knownByState = new WeakMap<FreshetState, LRUCache<string, Known>>()

/** By the shape, which decides them: building the SQL and reading it costs more than the whole hit. */
function knownOf(read: CachedRead, shape: string): Known {
  const { state } = read
  let byShape = knownByState.get(state)
  if (byShape === undefined) knownByState.set(state, (byShape = newKnown()))
  let known = byShape.get(shape)
  if (known === undefined) byShape.set(shape, (known = findOut(read)))
  return known
}

function newKnown(): LRUCache<string, Known> {
  return new LRUCache({
    max: maxKnown,
    maxSize: maxKnownLength,
    sizeCalculation: (_known, shape) => shape.length,
  })
}

function findOut({ builder, dataSource, state }: CachedRead): Known {
  const [sql] = builder().getQueryAndParameters()
  return readPlanOf(dataSource, sql).obstacle ?? state.readTags(tablesRead(builder(), sql))
}
