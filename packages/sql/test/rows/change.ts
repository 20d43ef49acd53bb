import { normalValue, type KeyValues, type KnownColumns } from '../../src/index.js'

export type Row = Readonly<Record<string, unknown>>

const isSame = (a: Row, b: Row): boolean => Object.keys(a).every((name) => a[name] === b[name])

/** The rows, as they were, that are changed or gone. */
export function changedRows(before: readonly Row[], after: readonly Row[]): readonly Row[] {
  return before.filter((row) => !after.some((other) => isSame(row, other)))
}

/** The rows, as they are, that are new or have another value in the key. */
export function comingRows(
  before: readonly Row[],
  after: readonly Row[],
  key: readonly string[],
): readonly Row[] {
  return after.filter((row) => {
    const old = before.find(({ mark }) => mark === row['mark'] && mark !== null)
    return old === undefined || key.some((name) => old[name] !== row[name])
  })
}

/** Whether a row's values are among the keys; a row with a NULL there is in no set. */
export function oneOf(
  keys: readonly KeyValues[],
  columns: KnownColumns,
  key: readonly string[],
  row: Row,
): boolean {
  const values = key.map((name) => normalValue(columns.named(name)!.column.type, row[name]))
  return values.includes(null) || keys.some((known) => known.every((value, at) => value === values[at]))
}

/** The columns in which a row that is there before and after differs. */
export function changedColumns(before: readonly Row[], after: readonly Row[]): readonly string[] {
  return before.flatMap((from) => {
    const to = after.find(({ mark }) => mark === from['mark'] && mark !== null)
    return to === undefined ? [] : Object.keys(from).filter((name) => from[name] !== to[name])
  })
}
