import { expect, it } from 'vitest'
import { createReadPrecision } from '../../src/precision/read-precision.js'
import { createTablePrecisions } from '../../src/precision/table-precision.js'
import { createValueBucket } from '@freshet/core/adapter'
import { columnsByTable, dataModel } from './known.js'

const tables = createTablePrecisions(dataModel, {
  columnsOf: (table) => columnsByTable.get(table),
  bucketOf: createValueBucket('s'),
  models: { Club: { precision: 'table' } },
})
const precision = createReadPrecision(dataModel, { tables, isEnforced: () => true, anyTable: '*' })

/** The reasons by table, of a read and its result. */
const reasonsOf = (model: string, args: unknown, result: unknown = []) =>
  Object.fromEntries(
    precision
      .read(model, 'findMany', args)
      .explain(result)
      .map(({ table, reasons }) => [table, reasons] as const),
  )

it('a read that is as precise as can be has no reasons', () => {
  const [post, ...others] = precision
    .read('Post', 'findMany', { where: { authorId: 5 } })
    .explain([{ id: 7 }])
  expect(others).toEqual([])
  expect(post).toEqual({
    table: 'post',
    precision: 'row',
    tags: ['post', 'post[author_id=*]', 'post#*', 'post[author_id=5]', 'post#7'],
    reasons: [],
  })
})

it('a read of named rows has no reasons, whatever it shows or counts', () => {
  for (const args of [{ select: { title: true } }, { skip: 1 }])
    expect(reasonsOf('Post', { where: { id: 7 }, ...args })).toEqual({ post: [] })
})

it('a table that is wide says why', () => {
  const clubs = precision
    .read('Person', 'findMany', { where: { id: 1 }, include: { club: true } })
    .explain([])
  expect(clubs.find(({ table }) => table === 'club')).toEqual({
    table: 'club',
    precision: 'table',
    tags: ['club', 'club~'],
    reasons: ["its precision is 'table'"],
  })
})

it('a read of which nothing is understood says why', () => {
  expect(precision.read('Post', 'findMany', { whereas: 1 }).explain([])).toEqual([
    { table: '*', precision: 'table', tags: ['*'], reasons: ['whereas is not known'] },
  ])
})

it('what has been widened is said of its table', () => {
  const any = 'no key is given a value: any row that is inserted counts'
  expect(reasonsOf('Post', { where: { published: true } })).toEqual({ post: [any] })
  expect(reasonsOf('Person', { where: { email: 'é' } })['people']).toEqual([
    expect.stringContaining('not compared as the database does'),
  ])
  expect(reasonsOf('Post', { skip: 1 })['post']).toEqual([any, expect.stringContaining('not shown (skip')])
  expect(reasonsOf('Post', { where: { authorId: 1 }, skip: 1 })['post']).toEqual([])
  expect(reasonsOf('Post', { where: { authorId: 1 }, select: { title: true } })['post']).toEqual([
    expect.stringContaining('does not show the key'),
  ])
  expect(reasonsOf('Note', {}, [{ key: 'é' }])['note']).toEqual([
    any,
    expect.stringContaining('by other names'),
  ])
  const many = Array.from({ length: 101 }, (_, at) => ({ key: `k${at}` }))
  expect(reasonsOf('Note', {}, many)['note']).toEqual([
    any,
    expect.stringContaining('more rows are shown than are named'),
  ])
  const parents = Array.from({ length: 101 }, (_, at) => ({ id: at, posts: [] }))
  expect(reasonsOf('Person', { include: { posts: true } }, parents)['post']).toEqual([
    expect.stringContaining('from more than are told apart'),
  ])
})
