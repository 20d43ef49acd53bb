import {
  conditionsOf,
  createStatementTags,
  createValueBucket,
  preciseTable,
  type RowCondition,
  type TablePrecision,
  wideTable,
} from '@freshet/core/adapter'
import { describe, expect, test } from 'vitest'
import type { TableRowChange } from '@freshet/core/adapter'
import type { Cascade } from '../../src/precision/some-rows.js'

const bucketOf = createValueBucket('s')
const table = (
  name: string,
  given: { readonly rowKey?: readonly string[]; readonly keys?: string[][] } = {},
) =>
  preciseTable({
    prefix: '',
    name,
    columns: { named: (column) => ({ column: { type: column.endsWith('Name') ? 'text' : 'integer' } }) },
    rowKey: ['id'],
    keys: [],
    selfChanging: [],
    volatile: ['stock'],
    bucketOf,
    ...given,
  })

const tables = new Map<string, TablePrecision<string>>([
  ['product', table('product')],
  ['keyless', preciseTable({ ...table('keyless'), prefix: '', rowKey: undefined, keys: [], bucketOf })],
  ['wide', wideTable('', 'wide', 'it is')],
  ['user', table('user', { keys: [['code'], ['fullName']] })],
  ['post', table('post', { keys: [['authorId'], ['editorId'], ['authorName']] })],
])

/** Meets rows of which a value is one of those. */
const listed = (
  columns: readonly { readonly name: string }[],
  keys: readonly (readonly string[])[],
): RowCondition => ({
  excludes: (valueOf) => !keys.some((key) => key.every((value, at) => value === valueOf(columns[at]!.name))),
})

const free: RowCondition = { excludes: (valueOf) => valueOf('id') !== 1 }

const change = (name: string, given: Partial<TableRowChange> = {}): TableRowChange => ({
  table: { name },
  kind: 'update',
  inserts: false,
  deletes: false,
  isNothing: false,
  assigned: ['Title'],
  touched: () => undefined,
  entering: () => [],
  condition: () => free,
  ...given,
})

const deleted = (values: Readonly<Record<string, readonly (readonly string[])[]>>) =>
  change('user', {
    kind: 'delete',
    deletes: true,
    assigned: [],
    touched: (key) => values[key.join()],
    condition: () => undefined,
  })

/** By the tags that stand for some rows only: the columns that they have, and which of three rows they can be. */
function told(
  row: TableRowChange,
  cascades: readonly Cascade[] = [],
  beyond: readonly string[] = [],
  isJudged?: (tag: string) => boolean,
): Readonly<Record<string, unknown>> | undefined {
  const reach = {
    touched: () => ({ tables: [row.table!.name, ...beyond] }),
    beyond: () => ({ tables: beyond }),
    cascades: () => cascades,
    holdsRows: () => true,
  }
  const compared = { listed, areAlike: (one: unknown, other: unknown) => one === other }
  const of = { of: (name: string) => tables.get(name)! }
  const tags = createStatementTags(
    reach,
    of,
    compared,
    isJudged,
  )({ writes: [{ table: row.table!.name }] }, row)
  if (tags === 'all') return undefined
  const some = conditionsOf(tags)
  if (some === undefined) return undefined
  const rows = ['1', '2', '3']
  return Object.fromEntries(
    [...some].map(([tag, { changes }]) => [
      tag,
      changes.map(({ columns, condition }) => [
        columns,
        rows.filter((id) => !condition.excludes((column) => (column === 'id' ? Number(id) : id))).join(),
      ]),
    ]),
  )
}

describe('of rows that are not named is told', () => {
  test('which columns they are given, and which they may be', () => {
    expect(told(change('product'))).toEqual({ product: [[['title'], '1']] })
    expect(told(change('product', { assigned: ['stock'] }))).toEqual({ 'product#*': [[['stock'], '1']] })
  })

  test('the columns alone, where nothing is certain of the rows', () => {
    expect(told(change('product', { condition: () => undefined }))).toEqual({
      product: [[['title'], '1,2,3']],
    })
  })

  test('of those deleted which they may be', () => {
    const given = { kind: 'delete', deletes: true, assigned: [] } as const
    expect(told(change('product', given))).toEqual({ product: [[undefined, '1']] })
    expect(told(change('product', { ...given, condition: () => undefined }))).toBeUndefined()
  })

  test.each([
    ['whose columns are not told', change('product', { assigned: undefined })],
    ['that are inserted', change('product', { kind: 'insert', inserts: true })],
    ['that an upsert gives nobody knows what', change('product', { kind: 'upsert', assigned: undefined })],
    ['of a table without a key', change('keyless')],
    ['of a wide table', change('wide')],
    ['of which all are gone', change('product', { kind: 'truncate' })],
    ['that are named', change('product', { touched: () => [['7']] })],
  ])('nothing %s', (_, row) => {
    expect(told(row)).toBeUndefined()
  })

  test('what an upsert gives those that it meets', () => {
    const row = change('product', { kind: 'upsert', inserts: true })
    expect(told(row)).toEqual({ product: [[['title'], '1']] })
  })

  test('nothing if they are reached by another way as well', () => {
    expect(told(change('product'), [], ['product'])).toBeUndefined()
  })
})

describe('of rows that are deleted along is told', () => {
  const byAuthor: Cascade = { child: 'post', columns: ['authorid'], references: ['id'] }

  test('which they may be, if it is of those that they reference', () => {
    expect(told(deleted({ id: [['2']] }), [byAuthor], ['post'])).toMatchObject({ post: [[undefined, '2']] })
    expect(told(deleted({}), [byAuthor], ['post'])).toBeUndefined()
  })

  test('by each key that leads to them', () => {
    const byEditor: Cascade = { child: 'post', columns: ['editorid'], references: ['code'] }
    expect(told(deleted({ id: [['2']], code: [['3']] }), [byAuthor, byEditor], ['post'])).toMatchObject({
      post: [[undefined, '2,3']],
    })
    expect(told(deleted({ id: [['2']] }), [byAuthor, byEditor], ['post'])).toBeUndefined()
  })

  test.each([
    ['a key that is not known', { ...byAuthor, columns: undefined }],
    ['a key that no set is told by', { ...byAuthor, columns: ['other'] }],
    ['values of two kinds', { ...byAuthor, columns: ['authorname'] }],
    ['a wide table', { ...byAuthor, child: 'wide' }],
  ])('nothing by %s', (_, cascade) => {
    expect(told(deleted({ id: [['2']] }), [cascade], [cascade.child])).toBeUndefined()
  })
})

describe('of rows that are deleted with rows that are deleted along is told', () => {
  const reach = {
    touched: () => ({ tables: ['user', 'post', 'line'] }),
    beyond: () => ({ tables: ['post', 'line'] }),
    cascades: () => [{ child: 'post', columns: ['authorid'], references: ['id'] }],
    cascadesOn: () => [{ parent: 'post', child: 'line', columns: ['postid'], references: ['id'] }],
    holdsRows: () => true,
  }
  const known = new Map([...tables, ['line', table('line', { keys: [['postId']] })]])
  const compared = { listed, areAlike: (one: unknown, other: unknown) => one === other }
  const tagsOf = createStatementTags(reach, { of: (name) => known.get(name)! }, compared)
  const lines = (row: TableRowChange) => {
    const tags = tagsOf({ writes: [{ table: 'user' }] }, row)
    return tags === 'all' ? undefined : { tags, some: conditionsOf(tags)?.get('line') }
  }

  test('that they are of those, by what the rows between have', () => {
    const { tags, some } = lines(deleted({ id: [['2']] }))!
    expect(tags).toEqual(expect.arrayContaining(['line', 'line~', 'line-', 'line[postid=*].postid']))
    const isExcluded = (authorId: string, columns = 'postId', of = 'post'): boolean =>
      some!.changes.every(({ condition }) =>
        condition.excludes(
          () => undefined,
          (key, name) => (key.join() === columns && name === of ? () => authorId : undefined),
        ),
      )
    expect([isExcluded('3'), isExcluded('2')]).toEqual([true, false])
    expect([isExcluded('3', 'other'), isExcluded('3', 'postId', 'page')]).toEqual([false, false])
  })

  test('nothing where the row between is not known', () => {
    const { some } = lines(deleted({ id: [['2']] }))!
    expect(some!.changes.some(({ condition }) => condition.excludes(() => '3'))).toBe(false)
  })

  test('nothing where it is not told which were deleted', () => {
    expect(lines(deleted({}))).toEqual({ tags: expect.arrayContaining(['line', 'line~']), some: undefined })
  })
})

test('nothing is deleted along with no row', () => {
  const reach = {
    touched: () => ({ tables: ['user', 'post'] }),
    beyond: () => ({ tables: ['post'] }),
    cascades: () => [{ child: 'post', columns: ['authorid'], references: ['id'] }],
    holdsRows: () => true,
  }
  const compared = { listed, areAlike: () => true }
  const tagsOf = createStatementTags(reach, { of: (name) => tables.get(name)! }, compared)
  expect(tagsOf({ writes: [{ table: 'user' }] }, { ...deleted({}), isNothing: true })).toEqual(['user~'])
  expect(tagsOf({ writes: [{ table: 'user' }] }, deleted({}))).toContain('post')
})

describe('of what could matter without being named is told', () => {
  const told = { touched: () => undefined, entering: () => [], after: () => undefined }
  function toldTags(row: TableRowChange): readonly string[] {
    const reach = {
      touched: () => ({ tables: ['product'] }),
      beyond: () => ({ tables: [] }),
      holdsRows: () => true,
    }
    const tags = createStatementTags(reach, { of: () => table('product') })(
      { writes: [{ table: 'product' }] },
      { ...row, tell: () => told },
    )
    const some = tags === 'all' ? undefined : conditionsOf(tags)
    return [...(some ?? [])]
      .filter(([, { changes }]) => changes.every(({ tell }) => tell?.() === told))
      .map(([tag]) => tag)
  }

  test('by the columns that rows are given', () => {
    expect(toldTags(change('product', { assigned: ['Title', 'stock'] }))).toEqual([
      'product.title',
      'product.stock',
    ])
  })

  test('by rows that come, and by rows that leave', () => {
    expect(toldTags(change('product', { kind: 'insert', inserts: true, assigned: [] }))).toEqual([
      'product[]',
    ])
    expect(toldTags(change('product', { kind: 'delete', deletes: true, assigned: [] }))).toEqual(['product-'])
  })

  test('of nothing that may be two things', () => {
    expect(toldTags(change('product', { kind: 'upsert', inserts: true }))).toEqual([])
    expect(toldTags(change('product', { kind: 'unknown' }))).toEqual([])
    expect(toldTags(change('product', { assigned: undefined }))).toEqual([])
  })
})

test('a statement that concerned no row bumps the clock, whatever was begun', () => {
  const row = change('user', { touched: () => [['7']], isNothing: true })
  const reach = {
    touched: () => ({ tables: ['user'] }),
    beyond: () => ({ tables: [] }),
    holdsRows: () => true,
  }
  const tagsOf = createStatementTags(reach, { of: (name) => tables.get(name)! })
  const begun = { table: tables.get('user') as never, isTold: false, end: () => ['user~', 'user#7'] }
  expect(tagsOf({ writes: [{ table: 'user' }] }, row, begun)).toEqual(['user~'])
  expect(tagsOf({ writes: [{ table: 'user' }] }, { ...row, isNothing: false }, begun)).toEqual([
    'user~',
    'user#7',
  ])
})

describe('what rows have is told', () => {
  const tell = () => ({ touched: () => [['7']], entering: () => [], after: () => ['5'] })
  const named = change('product', { assigned: ['Title', 'Price'], touched: () => [['7']], tell })
  const toldTo = (isJudged?: (tag: string) => boolean) => Object.keys(told(named, [], [], isJudged) ?? {})

  test('of every tag that values decide, if nobody says which answers are judged by it', () => {
    expect(toldTo()).toEqual(['product.title', 'product.price'])
  })

  test('of the tags of answers that are judged by it alone', () => {
    expect(toldTo((tag) => tag === 'product.price')).toEqual(['product.price'])
    expect(toldTo(() => false)).toEqual([])
  })

  const post = (given: Partial<TableRowChange>) =>
    createStatementTags(
      { touched: () => ({ tables: [] }), beyond: () => ({ tables: [] }), holdsRows: () => true },
      { of: (name) => tables.get(name)! },
      undefined,
      (tag) => tag === 'post~',
    )({ writes: [{ table: 'post' }] }, change('post', given))
  const log = (given: Partial<TableRowChange>) => {
    const tags = post(given)
    return tags === 'all' ? undefined : conditionsOf(tags)?.get('post~')
  }

  test('of all changes beside the clock of a table, if answers are held against them', () => {
    const tell = () => ({ touched: () => [['5']], entering: () => [], after: () => [] })
    for (const kind of ['update', 'insert', 'delete', 'upsert'] as const) {
      const { changes, isLog } = log({ kind, tell })!
      expect([isLog, changes.length, changes[0]!.tell?.().touched(['id'])]).toEqual([true, 1, [['5']]])
    }
    expect(
      log({ tell, kind: 'upsert', condition: () => undefined })!.changes[0]!.condition.excludes(() => 1),
    ).toBe(false)
  })

  test('that there is none, of a change of no row', () => {
    expect(log({ isNothing: true })).toMatchObject({ isLog: true, changes: [] })
  })

  test.each<Partial<TableRowChange>>([
    { kind: 'truncate' },
    { kind: 'unknown' },
    { assigned: undefined },
    { kind: 'delete' },
  ])('nothing of what is not known (%o)', (given) => {
    expect(log(given)).toBeUndefined()
  })
})

describe('which columns rows that are named are given', () => {
  const named = (given: Partial<TableRowChange> = {}) =>
    change('product', { assigned: ['Title'], touched: () => [['7'], ['8']], ...given })
  const ofRows = (tag: string) => tag === 'product#'
  const given = [[['title'], '1,2,3']]

  test('is told, if answers show others', () => {
    const rows = { 'product#7': given, 'product##7': given, 'product#8': given, 'product##8': given }
    expect(told(named(), [], [], ofRows)).toEqual(rows)
    expect(told(named(), [], [], () => false)).toBeUndefined()
  })

  test('is told of those that change by themselves as well', () => {
    const withTime = preciseTable({
      prefix: '',
      name: 'product',
      columns: { named: () => ({ column: { type: 'integer' } }) },
      rowKey: ['id'],
      keys: [],
      selfChanging: ['updatedAt'],
      volatile: [],
      bucketOf,
    })
    const reach = { touched: () => ({ tables: [] }), beyond: () => ({ tables: [] }), holdsRows: () => true }
    const tags = createStatementTags(
      reach,
      { of: () => withTime },
      undefined,
      ofRows,
    )({ writes: [{ table: 'product' }] }, named())
    const some = tags === 'all' ? undefined : conditionsOf(tags)?.get('product##7')
    expect(some?.changes[0]?.columns).toEqual(['title', 'updatedat'])
  })

  test.each([
    ['where they may be inserted', { kind: 'upsert', inserts: true }],
    ['where they are deleted', { kind: 'delete', deletes: true, assigned: [] }],
    ['where nobody knows which columns', { assigned: undefined }],
  ] as const)('is not told %s', (_, given) => {
    expect(told(named(given), [], [], ofRows)).toBeUndefined()
  })
})
