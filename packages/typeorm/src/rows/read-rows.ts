import type {
  ConditionalChange,
  LateTags,
  LoadContext,
  OtherAnswers,
  Policy,
  SeenSet,
  ShownRows,
  TrackedRow,
} from '@freshet/core/adapter'
import { withoutLaterLoads } from '@freshet/core/adapter'
import type { DataSource, QueryRunner, ReplicationMode } from 'typeorm'
import { askMembers } from '../ask-members.js'
import { areExcluded } from '../precision/excluded-rows.js'
import type { KeptRows } from '../precision/kept-rows.js'
import type { PreciseRead } from '../precision/read-precision.js'
import type { SchemaPrecision } from '../precision/schema-precision.js'
import { seenSets } from '../precision/seen-sets.js'
import { keyOf, readPlanOf, type Scope, scopeOf, scopeText, sqlDialectOf } from '../reads/index.js'
import type { FreshetState } from '../state.js'
import type { AskedRows } from './asked.js'
import { idTag } from './id-tags.js'
import { formatOf, type RowsFormat } from './interval-rows.js'
import type { SelectInternals } from './internals.js'
import { defaultPolicyOf, policyFor } from './options.js'

interface QueryResultLike {
  readonly records: unknown
}

/**
 * The way of a read that asked to be cached: rows from the cache with the types that the driver gave them, the
 * caller's to change, or from the database.
 */
export async function readRows(
  builder: SelectInternals,
  queryRunner: QueryRunner,
  state: FreshetState,
  asked: AskedRows,
): Promise<unknown> {
  const { dataSource } = builder
  const [sql, parameters] = builder.getQueryAndParameters()
  const holder = holderOf(queryRunner, asked)
  const sendBy = async (runner: QueryRunner) => {
    const result = (await runner.query(sql, parameters, true)) as unknown as QueryResultLike
    return result.records
  }
  const isHeld = holder !== undefined || sqlDialectOf(dataSource) === 'sqlite'
  const send = (mode: ReplicationMode) =>
    isHeld ? sendBy(queryRunner) : throughOwn(dataSource, mode, sendBy)
  const sendAsAsked = () => send(queryRunner.getReplicationMode())
  const plan = readPlanOf(dataSource, sql)
  const reason = obstacleOf(queryRunner, state, asked, holder) ?? plan.obstacle
  if (reason !== undefined) return bypass(builder, state, reason, sendAsAsked)
  const scoped = scopeOf(state)
  if (scoped === undefined) return bypass(builder, state, 'scope', sendAsAsked)
  const key = keyOf(dataSource, state, plan, parameters, scoped.scope)
  if (key === undefined) return bypass(builder, state, 'parameters without a canonical form', sendAsAsked)
  const format = formatOf(dataSource, plan)
  const precision = state.precision()
  const told = precision?.read(sql, parameters)
  const tags = told?.tags ?? state.readTags(plan.tables)
  // What is kept is kept for all: a replica may not have seen the last write yet.
  const sendForAll = () => send('master')
  return state.engine.reader.read({
    space: state.engine.space,
    key: key + format.keySuffix,
    dependencies: {
      tags: asked.id === undefined ? tags : [...tags, idTag(state, asked.id)],
      late: told && lateOf(told, format),
      shown: told && new RowsAsked(told, format, precision!, scoped.scope),
    },
    policy: policyOf(dataSource, state, asked, holder),
    load: async (context: LoadContext) => {
      const answer = await state.load(() => format.load(sendForAll, context), context, precision)
      if (told !== undefined && state.engine.store.isLocal === true) {
        const at = { scope: scopeText(scoped.scope), key: state.engine.space.prefix + key + format.keySuffix }
        precision!.judge.note(
          at,
          plan.tables ?? [],
          answer,
          (value) => told.kept(format.rowsOf(value))?.shown,
        )
        askMembers(state, dataSource, (valueOf) => told.members(valueOf), precision!)
      }
      return answer
    },
    restore: format.restore,
    waitsForNobody: holder !== undefined,
    source: sourceOf(builder),
  })
}

/** What an answer is, its rows tell. */
class RowsAsked implements ShownRows {
  readonly #told: PreciseRead
  readonly #format: RowsFormat
  readonly #precision: SchemaPrecision
  readonly #scope: Scope
  /** Of the answer that was asked about last: it is held against many changes. */
  #last: { readonly value: unknown; readonly kept: KeptRows | undefined } | undefined

  constructor(told: PreciseRead, format: RowsFormat, precision: SchemaPrecision, scope: Scope) {
    this.#told = told
    this.#format = format
    this.#precision = precision
    this.#scope = scope
    if (scope !== undefined) precision.judge.isScoped()
  }

  tracked(value: unknown): readonly TrackedRow[] {
    return this.#precision.judge.tracked(this.#kept(value)?.shown)
  }

  seenSets(value: unknown): readonly SeenSet[] {
    const wanted = this.#precision.judge.wantedSets
    const whole = wanted === undefined ? [] : this.#told.wholeSets(this.#format.rowsOf(value), wanted)
    return whole.length === 0 ? [] : seenSets(whole, this.#kept(value)?.shown ?? [])
  }

  areExcluded(value: unknown, change: ConditionalChange, tags: readonly string[]): boolean {
    return areExcluded(this.#kept(value)?.shown, tags, change)
  }

  isBesides(value: unknown, change: ConditionalChange, others: OtherAnswers): boolean {
    return this.#precision.judge.isBesides(this.#kept(value), change, others, scopeText(this.#scope))
  }

  #kept(value: unknown): KeptRows | undefined {
    if (this.#last === undefined || this.#last.value !== value)
      this.#last = { value, kept: this.#told.kept(this.#format.rowsOf(value)) }
    return this.#last.kept
  }
}

/** Who has other uses for the connection that this read would go through: the caller, or a transaction that TypeORM began. */
function holderOf(queryRunner: QueryRunner, { held }: AskedRows): QueryRunner | undefined {
  if (held !== undefined) return held
  const { databaseConnection } = queryRunner as { readonly databaseConnection?: unknown }
  return databaseConnection === undefined ? undefined : queryRunner
}

/**
 * Not through the runner that TypeORM took for the read: that would keep its connection until the last query of the read has been
 * answered, and the next one may wait for a load of somebody else's, who waits for a connection. And on MySQL, where relations are
 * read at once, the runner is released as soon as one of them fails: a connection that comes later would be nobody's.
 */
async function throughOwn<T>(
  dataSource: DataSource,
  mode: ReplicationMode,
  send: (queryRunner: QueryRunner) => Promise<T>,
): Promise<T> {
  const own = dataSource.createQueryRunner(mode)
  try {
    return await send(own)
  } finally {
    await own.release()
  }
}

/** Why this read may be neither served nor stored, if so. */
function obstacleOf(
  queryRunner: QueryRunner,
  state: FreshetState,
  asked: AskedRows,
  holder: QueryRunner | undefined,
): string | undefined {
  if (asked.locked) return 'lock'
  if (queryRunner.isTransactionActive) return 'transaction'
  // TypeORM finds such an answer expired as soon as it is there.
  if (asked.milliseconds !== undefined && asked.milliseconds < 1) return 'off'
  return state.obstacle(holder)
}

function bypass<T>(
  builder: SelectInternals,
  state: FreshetState,
  reason: string,
  send: () => Promise<T>,
): Promise<T> {
  const { counters, events } = state.engine
  counters.bypasses++
  if (events.has('bypass')) events.emit('bypass', { key: undefined, source: sourceOf(builder), reason })
  return send()
}

function lateOf(read: PreciseRead, { rowsOf }: RowsFormat): LateTags | undefined {
  const { clocks } = read
  return clocks.length === 0 ? undefined : { clocks, of: (value) => read.lateTags(rowsOf(value)) }
}

function policyOf(
  dataSource: DataSource,
  { policy }: FreshetState,
  { milliseconds }: AskedRows,
  holder: QueryRunner | undefined,
): Policy {
  const own =
    milliseconds === undefined ? defaultPolicyOf(dataSource, policy) : policyFor(milliseconds, policy)
  return holder === undefined ? own : { ...own, resilience: withoutLaterLoads(own.resilience) }
}

function sourceOf({ expressionMap: { mainAlias } }: SelectInternals): string {
  return `${mainAlias?.hasMetadata === true ? mainAlias.metadata.name : 'query'}.select`
}
