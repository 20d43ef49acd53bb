import { FreshetError } from '@freshet/core'
import type { LoadContext } from '@freshet/core/adapter'
import { andThen } from '@freshet/core/adapter'
import type { DataSource, ObjectLiteral, QueryRunner, SelectQueryBuilder } from 'typeorm'
import { onMaster, recordLoad, Unrebuildable } from '../entities/record-load.js'
import { restorerOf } from '../entities/restore.js'
import type { EntitySnapshot } from '../entities/snapshot.js'
import type { KeptRows } from '../precision/kept-rows.js'
import type { SentRead } from '../precision/load-precision.js'
import type { SchemaPrecision } from '../precision/schema-precision.js'
import type { FreshetState } from '../state.js'
import { countOf, type CountSnapshot } from './shown-answer.js'

type Builder = SelectQueryBuilder<ObjectLiteral>

/** Who an answer is made for. */
interface Asker {
  readonly dataSource: DataSource
  /** The query runner that they read through, if any: what their entities load later goes through it, too. */
  readonly runner: QueryRunner | undefined
}

/** One kind of answer: how it is got without the cache, what of it is kept, and how it is made of that again. */
export interface AnswerKind {
  readonly method: string
  direct(builder: Builder): Promise<unknown>
  load(builder: Builder): Promise<unknown>
  /** @param frozen of entities that may be stale, so that nobody changes and saves them */
  restore(value: unknown, asker: Asker, frozen: boolean): unknown
}

export const manyEntities: AnswerKind = {
  method: 'getWithCache',
  direct: (builder) => builder.getMany(),
  // An empty list as such, not as a snapshot: what is not there has a time to live of its own.
  load: async (builder) => {
    const loaded = await recordLoad(builder)
    return loaded instanceof Unrebuildable || loaded.roots.length > 0 ? loaded : []
  },
  restore: entitiesOf,
}

export const oneEntity: AnswerKind = {
  method: 'getOneWithCache',
  direct: (builder) => builder.getOne(),
  load: async (builder) => {
    const loaded = await recordLoad(builder)
    return loaded instanceof Unrebuildable || loaded.roots.length > 0 ? loaded : null
  },
  restore: (value, asker, frozen) =>
    value === null ? null : andThen(entitiesOf(value, asker, frozen), ([first]) => first ?? null),
}

export const entityCount: AnswerKind = {
  method: 'getCountWithCache',
  direct: (builder) => builder.getCount(),
  load: (builder) => onMaster(builder).getCount(),
  restore: countOf,
}

function entitiesOf(
  value: unknown,
  { dataSource, runner }: Asker,
  frozen: boolean,
): object[] | Promise<object[]> {
  if (value instanceof Unrebuildable) return [...value.entities]
  if (Array.isArray(value)) return []
  return restorerOf(dataSource).restore(value as EntitySnapshot, frozen, runner)
}

/** What a load is told besides what it reads. */
export interface LoadParts {
  readonly source: string
  readonly context: LoadContext
  /** By which it was told what the answer depends on. */
  readonly precision: SchemaPrecision
  /** Filled with the reads that it sends. */
  readonly sent: SentRead[] | undefined
  /** What is kept with the answer, once its reads have been sent; `undefined`: nothing is. */
  readonly kept: ((sent: readonly SentRead[]) => KeptRows | undefined) | undefined
}

/** Loads what is to be kept; what cannot be kept is said in an event, and is not. */
export async function loadFor(
  { engine, load }: Pick<FreshetState, 'engine' | 'load'>,
  kind: AnswerKind,
  builder: Builder,
  { source, context, precision, sent, kept }: LoadParts,
): Promise<unknown> {
  const value = await load(() => kind.load(builder), context, precision, sent)
  if (value instanceof Unrebuildable) {
    context.skip()
    engine.counters.failures++
    engine.events.emit('failure', { action: 'copy', cause: notRebuildable(source, value.reason) })
  } else if (sent !== undefined && kept !== undefined) return keep(value, kept(sent))
  return value
}

function keep(value: unknown, kept: KeptRows | undefined): unknown {
  if (kept === undefined) return value
  const { shown, judged } = kept
  if (typeof value === 'number')
    return judged.length > 0 ? ({ count: value, judged } satisfies CountSnapshot) : value
  if (isSnapshot(value)) {
    if (shown.length > 0) value.shown = shown
    if (judged.length > 0) value.judged = judged
  }
  return value
}

const isSnapshot = (value: unknown): value is EntitySnapshot =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function notRebuildable(source: string, reason: string): FreshetError {
  return new FreshetError(
    'NOT_ENCODABLE',
    `The result of ${source} is not cached: ${reason}. Give the column a value transformer, which is asked anew for every answer, or leave it out of select.`,
  )
}
