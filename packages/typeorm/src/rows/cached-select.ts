import type { DataSource, QueryRunner } from 'typeorm'
import { askedBy, withAsked } from './asked.js'
import type { SelectInternals, SendingMethod } from './internals.js'
import { selectPrototypeOf } from './internals.js'
import { readRows } from './read-rows.js'
import { servingState } from './serving.js'

const patched = new WeakSet<object>()

/**
 * Makes the select builders of TypeORM answer from Freshet where they ask for it and their DataSource has it. Done
 * once for each copy of TypeORM; other DataSources go on as before.
 *
 * Not in a provider's `getFromCache`: what that returns TypeORM takes for JSON, so dates, bytes and bigints would
 * come back as something else, and it is told neither the parameters nor whether rows are locked.
 *
 * @returns whether it could be done: `false` for a TypeORM whose builders are made otherwise
 */
export function cacheSelects(dataSource: DataSource): boolean {
  const prototype = selectPrototypeOf(dataSource)
  if (prototype === undefined) return false
  if (patched.has(prototype)) return true
  patched.add(prototype)
  const { loadRawResults, executeEntitiesAndRawResults, executeExistsQuery } = prototype
  define(prototype, 'loadRawResults', function (queryRunner) {
    const asked = askedBy(this, queryRunner)
    const state = asked === undefined ? undefined : servingState(this.dataSource)
    if (asked === undefined || state === undefined) return loadRawResults.call(this, queryRunner)
    return readRows(this, queryRunner, state, asked)
  })
  define(prototype, 'executeEntitiesAndRawResults', withOwnRunner(executeEntitiesAndRawResults))
  define(prototype, 'executeExistsQuery', withOwnRunner(executeExistsQuery))
  return true
}

/** The queries that TypeORM makes for this one, without its `cache`, are asked for with it. */
function withOwnRunner(method: SendingMethod): SendingMethod {
  return function (this: SelectInternals, queryRunner: QueryRunner) {
    const asked = askedBy(this, queryRunner)
    if (asked === undefined || servingState(this.dataSource) === undefined)
      return method.call(this, queryRunner)
    return withAsked(queryRunner, asked, (own) => method.call(this, own))
  }
}

function define(prototype: object, name: string, value: SendingMethod): void {
  Object.defineProperty(prototype, name, { value, writable: true, configurable: true, enumerable: false })
}
