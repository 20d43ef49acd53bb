import type { QueryRunner } from 'typeorm'
import type { SelectInternals } from './internals.js'

/** What a read asks of the cache. */
export interface AskedRows {
  /** The `id`, as TypeORM extends it: `feed`, `feed-pagination`, `feed-count`. */
  readonly id: string | undefined
  /** `undefined`: as long as the options of the DataSource say. */
  readonly milliseconds: number | undefined
  /** Rows are locked: they are never served and never stored. */
  readonly locked: boolean
  /** The query runner that the builder was given, if any: what its session sees is the holder's affair. */
  readonly held: QueryRunner | undefined
}

const askedKey = Symbol('freshet.asked')

/** Only the runners that `withAsked` makes answer. */
const askedThrough = (queryRunner: QueryRunner): AskedRows | undefined =>
  (queryRunner as { readonly [askedKey]?: AskedRows })[askedKey]

/**
 * What `builder` asks, or the execution that it is a part of; `undefined` if it did not ask to be cached.
 */
export function askedBy(builder: SelectInternals, queryRunner: QueryRunner): AskedRows | undefined {
  const { cache, cacheId, cacheDuration, lockMode } = builder.expressionMap
  const outer = askedThrough(queryRunner)
  // Only a builder that TypeORM made on the way has said nothing and still has such a runner.
  if (cache === undefined) return outer
  if (!cache) return undefined
  return {
    id: cacheId === '' ? undefined : cacheId,
    // TypeORM takes 0 and NaN for "nothing said".
    milliseconds: cacheDuration || undefined,
    locked: lockMode !== undefined || outer?.locked === true,
    held: outer === undefined ? builder.queryRunner : outer.held,
  }
}

/**
 * Runs one execution of a builder through a runner of its own, which tells the queries that TypeORM makes for it (of
 * relations, of relation ids, of `exists`) from all others, and only until it is done: a lazy relation keeps the
 * runner that its entity came through, and may be read for a `save()` later.
 *
 * Subscribers are not reached: they are given the runner behind it, so what they read or save is none of this.
 */
export async function withAsked<T>(
  queryRunner: QueryRunner,
  asked: AskedRows,
  execute: (queryRunner: QueryRunner) => Promise<T>,
): Promise<T> {
  const own = new OwnRunner(asked)
  try {
    return await execute(new Proxy(queryRunner, own))
  } finally {
    own.asked = undefined
  }
}

class OwnRunner implements ProxyHandler<QueryRunner> {
  asked: AskedRows | undefined

  constructor(asked: AskedRows) {
    this.asked = asked
  }

  get(target: QueryRunner, property: string | symbol): unknown {
    if (property === askedKey) return this.asked
    const value: unknown = Reflect.get(target, property, target)
    // Who watches a runner knows it by its identity.
    return typeof value === 'function' ? (value as (...args: unknown[]) => unknown).bind(target) : value
  }
}
