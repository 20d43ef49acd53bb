import type { DataSource, QueryRunner } from 'typeorm'

/*
 * What of TypeORM's SelectQueryBuilder we stand on beyond its public face. All of it is protected, so it is looked for
 * before it is replaced, and where it is missing nothing is cached.
 */

/** A SelectQueryBuilder, as far as we need it. */
export interface SelectInternals {
  readonly dataSource: DataSource
  readonly expressionMap: SelectExpressionMap
  /** The one that the builder was given, if any. */
  readonly queryRunner?: QueryRunner | undefined
  getQueryAndParameters(): [string, unknown[]]
}

interface SelectExpressionMap {
  /** What `cache()` and `find({ cache })` set: `undefined` if nobody said anything. */
  readonly cache?: boolean
  readonly cacheId?: string
  readonly cacheDuration?: number
  readonly lockMode?: string
  readonly mainAlias?: { readonly hasMetadata: boolean; readonly metadata: { readonly name: string } }
}

/** A method that sends what its builder reads with through a given runner. */
export type SendingMethod = (this: SelectInternals, queryRunner: QueryRunner) => Promise<unknown>

/**
 * `loadRawResults`: every query of a builder passes here, and nowhere else does `cache` count.
 * `executeEntitiesAndRawResults`: entities, with the relations that are loaded by queries of their own.
 * `executeExistsQuery`: makes a builder of its own around this one.
 */
const sendingMethods = ['loadRawResults', 'executeEntitiesAndRawResults', 'executeExistsQuery'] as const

export type SelectPrototype = Record<(typeof sendingMethods)[number], SendingMethod>

/** The prototype that all select builders of this DataSource's copy of TypeORM share; `undefined` if it is not as expected. */
export function selectPrototypeOf(dataSource: DataSource): SelectPrototype | undefined {
  let prototype = Object.getPrototypeOf(dataSource.createQueryBuilder()) as object | null
  while (prototype !== null && !Object.hasOwn(prototype, 'loadRawResults')) {
    prototype = Object.getPrototypeOf(prototype) as object | null
  }
  const methods: Partial<SelectPrototype> | null = prototype
  return sendingMethods.every((name) => typeof methods?.[name] === 'function')
    ? (methods as SelectPrototype)
    : undefined
}
