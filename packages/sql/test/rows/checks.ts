import { isDeepStrictEqual } from 'node:util'
import type { Api } from './api.js'
import { understood, widened } from './plan-cases.js'
import {
  comparedReads,
  cutReads,
  equalReads,
  shownReads,
  understoodReads,
  wholeReads,
  widenedReads,
} from './read-cases.js'
import { renderPlan } from './render-plan.js'
import {
  renderCompared,
  renderCut,
  renderEqual,
  renderReads,
  renderShown,
  renderWhole,
} from './render-reads.js'
import { holdReadsAgainstSqlite } from './sqlite-reads.js'
import { holdWritesAgainstSqlite } from './sqlite-writes.js'
import { posts } from './tables.js'
import { typeCases, valueCases } from './value-cases.js'
import { writeCases } from './write-cases.js'

/** The first case that a copy of the package answers otherwise, if there is one. */
export function differingCase(api: Api): string | undefined {
  for (const [dialect, sql, plan] of [...understood, ...widened])
    if (renderPlan(api.planWrite(sql, dialect)) !== plan) return sql
  for (const [dialect, sql, reads] of [...understoodReads, ...widenedReads])
    if (renderReads(api.planRead(sql, dialect), dialect, api.applyRead) !== reads) return sql
  for (const [dialect, sql, shown] of shownReads)
    if (renderShown(api.planRead(sql, dialect), dialect, api.prepareRead) !== shown) return sql
  for (const [dialect, sql, cut] of cutReads)
    if (renderCut(api.planRead(sql, dialect), dialect, api.prepareRead) !== cut) return sql
  for (const [dialect, sql, whole] of wholeReads)
    if (renderWhole(api.planRead(sql, dialect), dialect, api.prepareRead) !== whole) return sql
  for (const [dialect, sql, compared] of comparedReads)
    if (renderCompared(api.planRead(sql, dialect), dialect, api.prepareRead) !== compared) return sql
  for (const [dialect, sql, equal, column] of equalReads)
    if (renderEqual(api.planRead(sql, dialect), dialect, column, api.prepareRead) !== equal) return sql
  for (const [type, value, normal] of valueCases)
    if (api.normalValue(type, value) !== normal) return `the value ${String(value)}`
  for (const [dialect, declared, kind] of typeCases)
    if (api.valueTypeOf(dialect, declared)?.kind !== kind) return `the type ${declared.type}`
  const mysql = api.planRead('SELECT post.id FROM post WHERE post.authorId = ?', 'mysql')
  if (api.applyRead(mysql, [{ id: 1 }], () => posts('mysql')) !== undefined) return 'an object as a value'
  return writeCases.find((writeCase) => differs(api, writeCase))?.about
}

function differs(
  api: Api,
  { dialect, sql, values, uniqueKeys, hasRowSecurity, ...expected }: (typeof writeCases)[number],
): boolean {
  const plan = api.planWrite(sql, dialect)
  const write = api.applyWrite(
    plan,
    { parameters: undefined, ...values },
    posts(dialect, uniqueKeys, hasRowSecurity),
  )
  if (expected.kind !== undefined && write.kind !== expected.kind) return true
  if ('assigned' in expected && !isDeepStrictEqual(write.assigned, expected.assigned)) return true
  const asked = (['touched', 'entering'] as const).flatMap((question) =>
    Object.entries(expected[question] ?? {}).map(([key, keys]) => [write[question](key.split(',')), keys]),
  )
  const excludes = (row: Readonly<Record<string, unknown>>) =>
    write.condition()?.excludes((name) => row[name]) === true
  if (expected.excluded?.every(excludes) === false || expected.chosen?.some(excludes) === true) return true
  const includes = (row: Readonly<Record<string, unknown>>) =>
    write.condition()?.includes?.((name) => row[name]) === true
  if (expected.certain?.every(includes) === false || expected.uncertain?.some(includes) === true) return true
  return asked.some(([answer, keys]) => !isDeepStrictEqual(answer, keys))
}

/** The answer that SQLite disproves, if there is one. */
export function disprovedBySqlite(api: Api): string | undefined {
  try {
    holdWritesAgainstSqlite(api, { numRuns: 2000, seed: 7 })
    holdReadsAgainstSqlite(api, { numRuns: 2000, seed: 7 })
    return undefined
  } catch (error) {
    return String(error)
  }
}
