import type { LateTags, LoadContext, Policy } from '@freshet/core/adapter'
import { withoutLaterLoads } from '@freshet/core/adapter'
import type { DataSource, QueryRunner } from 'typeorm'
import type { PreciseRead } from '../precision/read-precision.js'
import { keyOf, readPlanOf, scopeOf } from '../reads/index.js'
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
  const sendBy = async (runner: QueryRunner) => {
    const result = (await runner.query(sql, parameters, true)) as unknown as QueryResultLike
    return result.records
  }
  const send = () => sendBy(queryRunner)
  const plan = readPlanOf(dataSource, sql)
  const reason = obstacleOf(queryRunner, state, asked) ?? plan.obstacle
  if (reason !== undefined) return bypass(builder, state, reason, send)
  const scoped = scopeOf(state)
  if (scoped === undefined) return bypass(builder, state, 'scope', send)
  const key = keyOf(dataSource, state, plan, parameters, scoped.scope)
  if (key === undefined) return bypass(builder, state, 'parameters without a canonical form', send)
  const format = formatOf(dataSource, plan)
  const precision = state.precision()
  const told = precision?.read(sql, parameters)
  const tags = told?.tags ?? state.readTags(plan.tables)
  const policy = policyOf(dataSource, state, asked)
  // TypeORM takes its runner back with the answer.
  const needsRunner = dataSource.driver.isReplicated || policy.resilience.mayLoadLater
  const sendForAll = asked.held === undefined && needsRunner ? () => fromMaster(dataSource, sendBy) : send
  return state.engine.reader.read({
    space: state.engine.space,
    key: key + format.keySuffix,
    tags: asked.id === undefined ? tags : [...tags, idTag(state, asked.id)],
    late: told && lateOf(told, format),
    policy,
    load: (context: LoadContext) => state.load(() => format.load(sendForAll, context), context, precision),
    restore: format.restore,
    source: sourceOf(builder),
  })
}

/** What is kept is kept for all: a replica may not have seen the last write yet. */
async function fromMaster(
  dataSource: DataSource,
  sendBy: (queryRunner: QueryRunner) => Promise<unknown>,
): Promise<unknown> {
  const master = dataSource.createQueryRunner('master')
  try {
    return await sendBy(master)
  } finally {
    await master.release()
  }
}

/** Why this read may be neither served nor stored, if so. */
function obstacleOf(queryRunner: QueryRunner, state: FreshetState, asked: AskedRows): string | undefined {
  if (asked.locked) return 'lock'
  if (queryRunner.isTransactionActive) return 'transaction'
  // TypeORM finds such an answer expired as soon as it is there.
  if (asked.milliseconds !== undefined && asked.milliseconds < 1) return 'off'
  return state.obstacle(asked.held)
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
  { milliseconds, held }: AskedRows,
): Policy {
  const own =
    milliseconds === undefined ? defaultPolicyOf(dataSource, policy) : policyFor(milliseconds, policy)
  return held === undefined ? own : { ...own, resilience: withoutLaterLoads(own.resilience) }
}

function sourceOf({ expressionMap: { mainAlias } }: SelectInternals): string {
  return `${mainAlias?.hasMetadata === true ? mainAlias.metadata.name : 'query'}.select`
}
