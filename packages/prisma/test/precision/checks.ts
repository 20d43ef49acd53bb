import { applyWrite, createClassifier, planWrite } from '@freshet/sql'
import { tableGraphOf } from '../../src/dependencies/write-closure.js'
import type { Api } from './api.js'
import { columnsByTable, dataModel } from './known.js'
import type { CaseOptions, ReadCase } from './read-cases.js'
import type { WriteCase } from './write-cases.js'

function tablesOf(api: Api, models: CaseOptions['models']) {
  const bucketOf = api.createValueBucket('s')
  return api.createTablePrecisions(dataModel, {
    models,
    columnsOf: (table) => columnsByTable.get(table),
    bucketOf,
  })
}

const sorted = (tags: readonly string[] | string): string =>
  (typeof tags === 'string' ? tags.split(' ') : [...tags]).toSorted().join(' ')

/** How the answer to a case differs from what it should be. */
export function differingRead(api: Api, [rule, ...given]: ReadCase): string | undefined {
  const [model, operation, args, result, { plain, path, omit, models }, tags, clocks, late] = given
  const precision = api.createReadPrecision(dataModel, {
    tables: tablesOf(api, models),
    isEnforced: () => plain !== true,
    globalOmit: omit,
    anyTable: '*',
  })
  // Twice, since a plan is made once for each shape.
  for (const read of [
    precision.read(model, operation, args, path),
    precision.read(model, operation, args, path),
  ]) {
    const found = [read.tags, read.clocks, read.lateTags(result)].map(sorted).join(' | ')
    const expected = [tags, clocks, late].map(sorted).join(' | ')
    if (found !== expected) return `${rule}: expected ${expected}, but found ${found}`
  }
  return undefined
}

const classify = createClassifier('postgresql')

/** How the answer to a case differs from what it should be. */
export function differingWrite(
  api: Api,
  [rule, sql, parameters, returned, tags, models]: WriteCase,
): string | undefined {
  const plan = planWrite(sql, 'postgresql')
  const columns = plan.kind === 'unknown' ? undefined : columnsByTable.get(plan.table.name)
  const row = applyWrite(plan, { parameters, returned }, columns)
  const found = api.createStatementTags(tableGraphOf(dataModel), tablesOf(api, models))(classify(sql), row)
  return sorted(found) === sorted(tags)
    ? undefined
    : `${rule}: expected ${sorted(tags)}, but found ${sorted(found)}`
}
