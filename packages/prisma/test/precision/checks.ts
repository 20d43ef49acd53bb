import { applyWrite, createClassifier, createWriteReach, planWrite } from '@freshet/sql'
import { tableGraphOf } from '../../src/dependencies/write-closure.js'
import type { ReadPrecision } from '../../src/precision/read-precision.js'
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

const precisionOf = (api: Api, { plain, omit, isBare, models }: CaseOptions): ReadPrecision =>
  api.createReadPrecision(dataModel, {
    tables: tablesOf(api, models),
    isEnforced: () => plain !== true,
    globalOmit: omit,
    computesFields: isBare !== true,
    anyTable: '*',
  })

/** How the answer to a case differs from what it should be. */
export function differingReads(api: Api, cases: readonly ReadCase[]): string | undefined {
  // Plans of different shapes must not be taken for each other.
  const precisions = new Map<string, ReadPrecision>()
  for (const one of cases) {
    const { omit, isBare, models, plain } = one[5]
    const likeness = JSON.stringify({ omit, isBare, models, plain })
    const precision = precisions.get(likeness) ?? precisionOf(api, one[5])
    precisions.set(likeness, precision)
    const found = differingRead(precision, one)
    if (found !== undefined) return found
  }
  return undefined
}

function differingRead(precision: ReadPrecision, [rule, ...given]: ReadCase): string | undefined {
  const [model, operation, args, result, { path }, tags, clocks, late] = given
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
  const reach = createWriteReach(tableGraphOf(dataModel))
  const found = api.createStatementTags(reach, tablesOf(api, models))(classify(sql), row)
  return sorted(found) === sorted(tags)
    ? undefined
    : `${rule}: expected ${sorted(tags)}, but found ${sorted(found)}`
}

/** Two values that must not be one. */
export function differingBucket(api: Api): string | undefined {
  const bucketOf = api.createValueBucket('s')
  if (bucketOf(['7']) !== '7') return 'a small number is not its own bucket'
  const texts = [['7'], ['07'], ['1e3'], ['a', 'bc'], ['ab', 'c'], ['abc']].map(bucketOf)
  if (new Set(texts).size < texts.length) return `two of these fall together: ${texts.join(', ')}`
  if (!texts.every((text) => /^\d+$/.test(text) && Number(text) < 2 ** 20)) return 'no bucket'
  return api.createValueBucket('t')(['a']) === bucketOf(['a']) ? 'the seed says nothing' : undefined
}
