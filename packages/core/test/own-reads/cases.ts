import type { ChangedRows, Conditions } from '../../src/conditions.js'
import { movedByItself } from '../../src/precision/besides.js'
import { tagTexts } from '../../src/precision/tag-texts.js'
import type { withOwnReads } from '../../src/own-reads.js'

type With = typeof withOwnReads

const texts = tagTexts('', 'item')
const stock = texts.column('stock')

interface Update {
  /** Default: which rows is not told. */
  readonly ids?: readonly number[]
  readonly by?: number
  readonly schema?: string
}

const change = ({ ids, by, schema }: Update): ChangedRows => ({
  condition: { excludes: () => false },
  columns: ['stock'],
  tell: () => ({
    touched: ([column]) => (column === 'id' ? ids?.map((id) => [String(id)]) : undefined),
    entering: () => [],
    after: () => undefined,
    moved: () => (by === undefined ? undefined : { by: BigInt(by), min: 0n, max: 1000n }),
    changed: ids?.length,
    schema,
  }),
})

interface Reading {
  readonly writes: readonly Update[]
  /** Of rows by their keys. */
  readonly read: Readonly<Record<number, string | null | undefined>>
  readonly schema?: string
  /** Other tags of the transaction. */
  readonly besides?: readonly string[]
  readonly rowKey?: readonly string[] | null
}

/** What each write has made of the stock by what was read after all of them; `undefined`: of one nothing is known. */
function known(
  withReads: With,
  { writes, read, schema, besides = [], rowKey = ['id'] }: Reading,
): readonly (string | undefined)[] {
  const changes = writes.map(change)
  const before: Conditions = new Map([[stock, { table: 'item', changes }]])
  const has = (tag: string) => [texts.clock, stock, ...besides].includes(tag)
  const after = withReads(before, has, {
    table: { texts, rowKey: rowKey === null ? undefined : { columns: rowKey } },
    schema,
    columns: ['stock', 'price'],
    rows: Object.entries(read).map(([id, value]) => ({
      key: [id],
      valueOf: (column) => (column === 'stock' ? value : undefined),
    })),
  })
  return after.get(stock)!.changes.map(({ tell }) => {
    const moved = movedByItself(tell!(), 'stock')
    const values = tell!()
      .after(['stock'])
      ?.map((value) => value ?? 'NULL')
    return moved === undefined
      ? values?.join()
      : moved.map(({ before, after }) => `${before}>${after}`).join(' ')
  })
}

const one = { ids: [1], by: -2 } as const

export const cases: Readonly<
  Record<string, readonly [expected: readonly (string | undefined)[], (withReads: With) => unknown]>
> = {
  'what a change has made of the row': [
    ['9>7'],
    (withReads) => known(withReads, { writes: [one], read: { 1: '7' } }),
  ],
  'of each row by itself': [
    ['9>7', '5>4'],
    (withReads) => known(withReads, { writes: [one, { ids: [2], by: -1 }], read: { 1: '7', 2: '4' } }),
  ],
  'nothing of a row that was not read': [
    [undefined],
    (withReads) => known(withReads, { writes: [one], read: { 2: '7' } }),
  ],
  'nothing of one that does not show it': [
    [undefined],
    (withReads) => known(withReads, { writes: [one], read: { 1: undefined } }),
  ],
  'nothing of one that shows NULL': [
    [undefined],
    (withReads) => known(withReads, { writes: [one], read: { 1: null } }),
  ],
  'nothing of one that may have been left as it was': [
    [undefined],
    (withReads) => known(withReads, { writes: [{ ids: [1] }], read: { 1: '7' } }),
  ],
  'nothing of one that was left as it was': [
    [undefined],
    (withReads) => known(withReads, { writes: [{ ids: [1], by: 0 }], read: { 1: '7' } }),
  ],
  'nothing of a row that was changed twice': [
    [undefined, undefined],
    (withReads) => known(withReads, { writes: [one, one], read: { 1: '7' } }),
  ],
  'nothing where rows that are not told were changed as well': [
    [undefined, undefined],
    (withReads) => known(withReads, { writes: [one, { by: -1 }], read: { 1: '7' } }),
  ],
  'nothing of several that were changed at once': [
    [undefined],
    (withReads) => known(withReads, { writes: [{ ids: [1, 2], by: -2 }], read: { 1: '7' } }),
  ],
  'nothing where rows came': [
    [undefined],
    (withReads) => known(withReads, { writes: [one], read: { 1: '7' }, besides: [texts.incoming] }),
  ],
  'nothing where rows left': [
    [undefined],
    (withReads) => known(withReads, { writes: [one], read: { 1: '7' }, besides: [texts.leaving] }),
  ],
  'nothing where anything may have been done': [
    [undefined],
    (withReads) => known(withReads, { writes: [one], read: { 1: '7' }, besides: [texts.table] }),
  ],
  'nothing where keys were changed': [
    [undefined],
    (withReads) => known(withReads, { writes: [one], read: { 1: '7' }, besides: [texts.column('id')] }),
  ],
  'nothing where rows have no key': [
    [undefined],
    (withReads) => known(withReads, { writes: [one], read: { 1: '7' }, rowKey: null }),
  ],
  'nothing of a table of another schema': [
    [undefined],
    (withReads) => known(withReads, { writes: [one], read: { 1: '7' }, schema: 'other' }),
  ],
  'what is of the same schema': [
    ['9>7'],
    (withReads) => known(withReads, { writes: [{ ...one, schema: 'own' }], read: { 1: '7' }, schema: 'own' }),
  ],
  'nothing of a value at the end of its range': [
    [undefined],
    (withReads) => known(withReads, { writes: [one], read: { 1: '0' } }),
  ],
  'nothing of a value at its other end': [
    [undefined],
    (withReads) => known(withReads, { writes: [{ ids: [1], by: 2 }], read: { 1: '1000' } }),
  ],
}
