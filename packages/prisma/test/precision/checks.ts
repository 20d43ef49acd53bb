import { applyWrite, createClassifier, createWriteReach, planWrite } from '@freshet/sql'
import { tableGraphOf } from '../../src/dependencies/write-closure.js'
import { createValueBucket, type NamedSet } from '@freshet/core/adapter'
import { createReadPrecision, type ReadPrecision } from '../../src/precision/read-precision.js'
import { createTablePrecisions } from '../../src/precision/table-precision.js'
import type { Api } from './api.js'
import { columnsByTable, dataModel } from './known.js'
import type { BesidesCase, SeenCase } from './besides-cases.js'
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

export const precisionOf = (api: Api, { plain, omit, isBare, models }: CaseOptions): ReadPrecision =>
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

export const readOf = (model: string, args: unknown) =>
  createReadPrecision(dataModel, {
    tables: createTablePrecisions(dataModel, {
      columnsOf: (table) => columnsByTable.get(table),
      bucketOf: createValueBucket('s'),
    }),
    isEnforced: () => true,
    anyTable: '*',
  }).read(model, 'findMany', args)

/** How the judgement of a case differs from what it should be. */
export function differingBesides(api: Api, one: BesidesCase): string | undefined {
  const { about, sql, parameters, returned, tag, other, underWay, outlives } = one
  const precision = api.createReadPrecision(dataModel, {
    tables: tablesOf(api, undefined),
    isEnforced: () => one.isPlain !== true,
    isUnique: (table, column) => uniques.has(`${table}.${column}`),
    anyTable: '*',
  })
  const read = precision.read(one.model, one.operation, one.args)
  read.keptAt('a', 'one')
  read.prepare()
  if (other !== undefined) {
    const told = precision.read(other.model, other.operation, other.args)
    told.keptAt(other.scope ?? 'a', 'other')
    told.late?.of(other.result)
  }
  const plan = planWrite(sql, 'postgresql')
  const columns = plan.kind === 'unknown' ? undefined : columnsByTable.get(plan.table.name)
  const row = applyWrite(plan, { parameters, returned }, columns)
  const reach = createWriteReach(tableGraphOf(dataModel))
  const tags = api.createStatementTags(reach, tablesOf(api, undefined))(classify(sql), row)
  if (tags === 'all' || !tags.includes(tag) || !read.tags.includes(tag))
    return `${about}: ${tag} is not both's`
  const some = api.conditionsOf(tags)?.get(tag)
  const moved = new Map(
    Object.entries(one.moved ?? {}).map(([column, values]) => [
      column,
      values.map(([before, after]) => ({ before: BigInt(before), after: BigInt(after) })),
    ]),
  )
  const others = {
    find: (key: string) => (key === 'other' && other?.isGone !== true ? other?.result : undefined),
    mayBeWritten: (table: string) => table === underWay,
    isUntouched: (table: string, key: readonly string[], values: readonly string[]) =>
      one.untouched?.includes(`${table}[${key.join()}]=${values.join()}`) === true,
    lacks: ({ table, key, values }: NamedSet, [column, value]: readonly [string, string]) =>
      one.lacking?.includes(`${table}[${key.join()}]=${values.join()} ${column}=${value}`) === true,
    knownValue(table: string, row: readonly string[], column: string) {
      const number = one.numbers?.[`${table} ${row.join()} ${column}`]
      return number === undefined ? undefined : BigInt(number)
    },
  }
  const found =
    some?.changes.every(({ tell, ...change }) =>
      read.isBesides!(one.result, { ...change, told: tell!(), moved, tag, table: some.table }, others),
    ) === true
  return found === outlives ? undefined : `${about}: expected ${outlives}, but found ${found}`
}

const ofAuthor = { model: 'Post', operation: 'count', args: { where: { authorId: 1 } } }

/** How the sets of which an answer shows all rows differ from what they should be. */
export function differingSeen(api: Api, one: SeenCase): string | undefined {
  const precision = precisionOf(api, one.isPlain === true ? { plain: true } : {})
  const { model, operation, args } = (one.asks ?? ofAuthor) as typeof ofAuthor
  precision.read(model, operation, args).prepare()
  const sets = precision.read(one.model, one.operation, one.args).seenSets!(one.result)
  const seen = sets.map(
    ({ table, key, values, rows }) =>
      `${table.texts.table}[${key.join()}]=${values.join()}: ${rows.map((row) => row.get('id') ?? row.get('B')).join('|')}`,
  )
  return seen.join(' ') === one.seen.join(' ')
    ? undefined
    : `${one.about}: expected ${one.seen.join(' ')}, but found ${seen.join(' ')}`
}

const uniques = new Set(['people.id', 'people.Email', 'people.heir_id', 'post.id', 'tags.id', 'tags.label'])

/** Two values that must not be one. */
export function differingBucket(api: Api): string | undefined {
  const bucketOf = api.createValueBucket('s')
  if (bucketOf(['7']) !== '7') return 'a small number is not its own bucket'
  const texts = [['7'], ['07'], ['1e3'], ['a', 'bc'], ['ab', 'c'], ['abc']].map(bucketOf)
  if (new Set(texts).size < texts.length) return `two of these fall together: ${texts.join(', ')}`
  if (!texts.every((text) => /^\d+$/.test(text) && Number(text) < 2 ** 20)) return 'no bucket'
  return api.createValueBucket('t')(['a']) === bucketOf(['a']) ? 'the seed says nothing' : undefined
}
