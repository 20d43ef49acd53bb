import { describe, expect, it } from 'vitest'
import { createReadPrecision } from '../../src/precision/read-precision.js'
import { createTablePrecisions } from '../../src/precision/table-precision.js'
import { conditionsOf, createStatementTags, createValueBucket } from '@freshet/core/adapter'
import { besidesCases, seenCases } from './besides-cases.js'
import {
  differingBesides,
  differingBucket,
  differingReads,
  differingSeen,
  differingWrite,
  precisionOf,
  readOf,
} from './checks.js'
import { readCases } from './read-cases.js'
import { writeCases } from './write-cases.js'

const api = {
  conditionsOf,
  createReadPrecision,
  createStatementTags,
  createTablePrecisions,
  createValueBucket,
}

describe('a read depends on', () => {
  it.each(readCases.map((readCase) => [readCase[0], readCase] as const))('%s', (_rule, readCase) => {
    expect(differingReads(api, [readCase])).toBeUndefined()
  })
})

describe('a statement bumps the tags of', () => {
  it.each(writeCases.map((writeCase) => [writeCase[0], writeCase] as const))('%s', (_rule, writeCase) => {
    expect(differingWrite(api, writeCase)).toBeUndefined()
  })
})

describe('an answer outlives, of what could matter without being named,', () => {
  it.each(besidesCases.map((one) => [one.about, one] as const))('%s', (_about, one) => {
    expect(differingBesides(api, one)).toBeUndefined()
  })
})

describe('of which sets an answer shows all rows:', () => {
  it.each(seenCases.map((one) => [one.about, one] as const))('%s', (_about, one) => {
    expect(differingSeen(api, one)).toBeUndefined()
  })
})

it('tells of a row that is shown what the row has that leads to it', () => {
  const read = readOf('Post', { where: { authorId: 1 }, include: { comments: true } })
  const comment = { postId: 5, no: 1, body: 'b', likes: 1n, personId: null }
  const result = [{ id: 5, slug: 's', title: 't', views: 1, authorId: 1, comments: [comment] }]
  const isTold = (columns: readonly string[], table: string, column: string): boolean =>
    read.areExcluded(
      result,
      {
        tag: 'comment',
        table: 'comment',
        columns: undefined,
        condition: { excludes: (_valueOf, parentOf) => parentOf?.(columns, table)?.(column) === 1 },
      },
      [],
    )
  expect(isTold(['post_id'], 'post', 'author_id')).toBe(true)
  expect(isTold(['person_id'], 'post', 'author_id')).toBe(false)
  expect(isTold(['post_id'], 'people', 'author_id')).toBe(false)
  expect(isTold(['post_id'], 'post', 'editor_id')).toBe(false)
})

it('tracks of rows what reads hold against values, and not what they are pinned or named by', () => {
  const post = { id: 5, slug: 's', title: 't', views: 1, authorId: 1, editorId: 2 }
  const reads = precisionOf(api, {})
  const trackedAfter = (where: object, more: object = {}) => {
    reads.read('Post', 'findMany', { where, ...more }, []).prepare()
    const rows = reads.read('Post', 'findMany', {}, []).tracked?.([post]) ?? []
    return rows.flatMap(({ values }) => values)
  }
  expect(trackedAfter({ id: 5 })).toEqual([])
  expect(trackedAfter({ id: { gt: 1 } })).toEqual([])
  expect(trackedAfter({}, { orderBy: { id: 'asc' }, take: 2 })).toEqual([])
  expect(trackedAfter({ authorId: 1 })).toEqual([])
  expect(trackedAfter({ views: { gt: 0 } })).toEqual([['views', 1n]])
})

it('takes no plan of another shape', () => {
  expect(differingReads(api, readCases)).toBeUndefined()
  expect(differingReads(api, readCases.toReversed())).toBeUndefined()
})

it('tells values apart by buckets', () => {
  expect(differingBucket(api)).toBeUndefined()
})
