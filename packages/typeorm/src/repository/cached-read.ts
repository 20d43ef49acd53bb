import type { ReadInfo } from '@freshet/core'
import type {
  ConditionalChange,
  Engine,
  LoadContext,
  OtherAnswers,
  Policy,
  SeenSet,
  ShownRows,
  TableExplanation,
  TrackedRow,
} from '@freshet/core/adapter'
import {
  isPromise,
  mergeExplanations,
  namesRows,
  resolvePolicy,
  withoutLaterLoads,
} from '@freshet/core/adapter'
import { LRUCache } from 'lru-cache'
import type { DataSource, ObjectLiteral, QueryRunner, SelectQueryBuilder } from 'typeorm'
import { askMembers } from '../ask-members.js'
import { OutdatedSnapshot } from '../entities/outdated-snapshot.js'
import { areExcluded } from '../precision/excluded-rows.js'
import type { PreciseLoad, SentRead } from '../precision/load-precision.js'
import type { SchemaPrecision } from '../precision/schema-precision.js'
import type { ReadPlan } from '../reads/index.js'
import { keyOf, readPlanOf, type Scope, scopeOf, scopeText } from '../reads/index.js'
import type { FreshetState } from '../state.js'
import type { AnswerKind } from './answer.js'
import { loadFor } from './answer.js'
import type { ReadText } from './builder-text.js'
import type { GetWithCacheOptions } from './read-options.js'
import { assertReadOptions } from './read-options.js'
import { keptIn, shownIn } from './shown-answer.js'
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
  /** The query runner of the caller's that it reads through, if any: they have other uses for it. */
  readonly runner: QueryRunner | undefined
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
  if (options !== undefined) assertReadOptions(read.kind.method, options)
  return options?.info === undefined ? readWith(read, options) : readAndTell(read, options, options.info)
}

/** What is found out for whoever asks how an answer comes about. */
interface Told {
  readonly info: ReadInfo
  /** The reads that are sent for it. */
  readonly sent: SentRead[]
}

/** Says how the answer came about, and what it depends on. */
async function readAndTell(
  read: CachedRead,
  options: GetWithCacheOptions,
  hear: (info: ReadInfo) => void,
): Promise<unknown> {
  const told: Told = { info: { status: 'bypass' }, sent: [] }
  const { info, sent } = told
  const answer = await readWith(read, options, told)
  const precision = read.state.precision()
  if (precision !== undefined && info.status !== 'bypass') {
    info.tables = explain(read, precision, sent)
    info.tags = [...new Set([...(info.tags ?? []), ...info.tables.flatMap(({ tags }) => tags)])]
  }
  hear(info)
  return answer
}

/** By what was sent for the answer; of one that was kept, by its first statement. */
function explain(
  read: CachedRead,
  precision: SchemaPrecision,
  sent: readonly SentRead[],
): readonly TableExplanation[] {
  const [sql, parameters] = read.builder().getQueryAndParameters()
  const statements = sent.length > 0 ? sent : [{ sql, parameters: parameters as unknown[], rows: [] }]
  return mergeExplanations(statements.map((one) => precision.read(one.sql, one.parameters).explain(one.rows)))
}

async function readWith(
  read: CachedRead,
  options: GetWithCacheOptions | undefined,
  told?: Told,
): Promise<unknown> {
  const { state } = read
  const { engine } = state
  const asked = options === undefined ? state.policy : resolvePolicy(options, state.policy)
  const policy =
    read.runner === undefined ? asked : { ...asked, resilience: withoutLaterLoads(asked.resilience) }
  const ownTags = options?.tags === undefined ? undefined : engine.tagNames.resolveRead(options.tags)
  if (read.obstacle !== undefined) return bypass(read, read.obstacle, told)
  const scoped = options?.scope === undefined ? scopeOf(state) : { scope: options.scope }
  if (scoped === undefined) return bypass(read, 'scope', told)
  const { text, plan } = read
  const key = text === undefined ? text : keyOf(read.dataSource, state, plan, text.whole, scoped.scope)
  if (text === undefined || key === undefined) return bypass(read, 'no canonical form', told)
  const precision = state.precision()
  if (precision === undefined) return bypass(read, 'no entities', told)
  const known = knownOf(read, precision, `${plan.digest}|${text.shape}`)
  if (typeof known === 'string') return bypass(read, known, told)
  const tags = ownTags === undefined ? known.tags : [...known.tags, ...ownTags]
  try {
    // Awaited only if it must be: even that costs a turn of the microtask queue.
    const frozen = mayBeStale(engine, policy) && options?.mutable !== true
    const { scope } = scoped
    const answer = lookUp(
      read,
      new LookUp({ key, scope, tags, ownTags, policy, frozen, precision, load: known, told }),
    )
    return isPromise(answer) ? await answer : answer
  } catch (error) {
    if (!(error instanceof OutdatedSnapshot)) throw error
    engine.counters.failures++
    engine.events.emit('failure', { action: 'restore', cause: error })
    await engine.reader.delete(engine.space, key)
    return bypass(read, 'outdated', told)
  }
}

/** What one call has come to be. */
interface LookUpParts {
  readonly key: string
  readonly scope: Scope
  readonly tags: readonly string[]
  /** Those that were asked for. */
  readonly ownTags: readonly string[] | undefined
  readonly policy: Policy
  readonly frozen: boolean
  readonly precision: SchemaPrecision
  readonly load: PreciseLoad
  readonly told: Told | undefined
}

const none: readonly SeenSet[] = []

/** It tells by what stands in the answer and its tags, so that nothing is made for a hit. */
class LookUp implements ShownRows {
  readonly parts: LookUpParts
  /** In the answer that was loaded. */
  seen: readonly SeenSet[] = none

  constructor(parts: LookUpParts) {
    this.parts = parts
    if (parts.scope !== undefined) parts.precision.judge.isScoped()
  }

  tracked(value: unknown): readonly TrackedRow[] {
    return this.parts.precision.judge.tracked(shownIn(value))
  }

  seenSets(): readonly SeenSet[] {
    return this.seen
  }

  areExcluded(value: unknown, change: ConditionalChange, tags: readonly string[]): boolean {
    return areExcluded(shownIn(value), tags, change)
  }

  isBesides(value: unknown, change: ConditionalChange, others: OtherAnswers): boolean {
    const { precision, scope } = this.parts
    return precision.judge.isBesides(keptIn(value), change, others, scopeText(scope))
  }
}

function lookUp(read: CachedRead, shown: LookUp): unknown {
  const { key, scope, tags, ownTags, policy, frozen, precision, load, told } = shown.parts
  const { state, kind, source } = read
  const { engine } = state
  const { clocks } = load
  const sent = told?.sent ?? (clocks.length === 0 ? undefined : [])
  return engine.reader.read({
    space: engine.space,
    key,
    dependencies: {
      tags,
      late: clocks.length === 0 ? undefined : { clocks, of: () => load.lateTags(sent!) },
      // Of rows that are asked for nobody knows what matters.
      shown: ownTags !== undefined && namesRows(ownTags) ? undefined : shown,
    },
    policy,
    load: async (context: LoadContext) => {
      sent?.splice(0)
      const kept = engine.store.isLocal === true ? load.kept : undefined
      const answer = await loadFor(state, kind, read.builder(), { source, context, precision, sent, kept })
      if (kept !== undefined) {
        const at = { scope: scopeText(scope), key: engine.space.prefix + key }
        precision.judge.note(at, load.tables, answer, shownIn)
        const wanted = precision.judge.wantedSets
        if (wanted !== undefined && sent !== undefined) {
          shown.seen = load.seenSets(sent, wanted)
          askMembers(state, read.dataSource, (valueOf) => load.members(sent, valueOf), precision)
        }
      }
      return answer
    },
    keepArguments: () => read.keep(),
    restore: (value) => kind.restore(value, read, frozen),
    waitsForNobody: read.runner !== undefined,
    source,
    info: told?.info,
  })
}

/** Saving an entity that is older than its row writes the old values back. */
const mayBeStale = ({ switches }: Engine, { resilience }: Policy): boolean =>
  switches.mayBeStale || resilience.mayBeStale

/** As without the cache. */
function bypass(read: CachedRead, reason: string, told: Told | undefined): Promise<unknown> {
  const { source, kind } = read
  const { engine } = read.state
  engine.counters.bypasses++
  if (told !== undefined) Object.assign(told.info, { status: 'bypass', reason } satisfies ReadInfo)
  if (engine.events.has('bypass')) engine.events.emit('bypass', { key: undefined, source, reason })
  return kind.direct(read.builder())
}

const maxKnown = 5_000
// Shapes hold whole texts, some of them long.
const maxKnownLength = 16 * 2 ** 20

/** What a read depends on, or why it cannot be cached. */
type Known = PreciseLoad | string

const knownBy = new WeakMap<SchemaPrecision, LRUCache<string, Known>>()

/** By the shape, which decides it: building the SQL and reading it costs more than the whole hit. */
function knownOf(read: CachedRead, precision: SchemaPrecision, shape: string): Known {
  let byShape = knownBy.get(precision)
  if (byShape === undefined) knownBy.set(precision, (byShape = newKnown()))
  let known = byShape.get(shape)
  if (known === undefined) byShape.set(shape, (known = findOut(read, precision)))
  return known
}

function newKnown(): LRUCache<string, Known> {
  return new LRUCache({
    max: maxKnown,
    maxSize: maxKnownLength,
    sizeCalculation: (_known, shape) => shape.length,
  })
}

function findOut({ builder, dataSource }: CachedRead, precision: SchemaPrecision): Known {
  const [sql] = builder().getQueryAndParameters()
  return readPlanOf(dataSource, sql).obstacle ?? precision.load(tablesRead(builder(), sql))
}
