import type { DataSource, ObjectLiteral, SelectQueryBuilder } from 'typeorm'
import { readPlanOf } from './read-plan.js'

/**
 * The tables that a read depends on: every table of an entity, junction or closure whose name occurs in its SQL, with
 * what the views in it read. Lower-cased, without schema.
 *
 * @param read a query builder, or its final SQL
 * @returns `undefined` if nobody can tell: it names something that is not an entity, calls a function of the user's,
 * or was not understood
 */
export function tablesOf(
  read: SelectQueryBuilder<ObjectLiteral> | string,
  dataSource: DataSource,
): readonly string[] | undefined {
  // Not getQuery(), which leaves `IN (:...ids)` as it is.
  return readPlanOf(dataSource, typeof read === 'string' ? read : read.getQueryAndParameters()[0]).tables
}
