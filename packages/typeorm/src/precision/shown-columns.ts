import type { KnownPlace } from './known-place.js'

/** How an answer shows values of the rows of a place that can be compared. */
export interface ShownColumns {
  /** The text of a {@link ShownShape}. */
  readonly shape: string
  readonly values: readonly ShownColumnValue[]
  /** The same of rows of which nothing but the key is known. */
  readonly keysShape: string
}

/** What is alike in all answers to one text. */
export interface ShownShape {
  /** The tag of the table. */
  readonly table: string
  /** Those of which there are values, as the catalogue spells them: the key of the rows first. */
  readonly columns: readonly string[]
  readonly keyLength: number
  /** What matters of rows that are named, lower-cased; `null`: any column. */
  readonly matters: readonly string[] | null
  /** The rows that they reference. */
  readonly parents: readonly ParentShape[]
}

/** The columns by which rows hold those of another table, in the order of these. */
export interface ParentShape {
  readonly columns: readonly string[]
  /** The tag of the table. */
  readonly table: string
  readonly references: readonly string[]
}

interface ShownColumnValue {
  /** What the answer calls it. */
  readonly name: string
  /** Whether it is the row's own: of another place it is what the row has as well, unless it is NULL. */
  readonly isOwn: boolean
}

/**
 * @param matters `undefined`: any column
 * @param parents the rows that those here reference
 */
export function shownColumns(
  { read, table, columns }: KnownPlace,
  matters: readonly string[] | undefined,
  parents: readonly ParentShape[],
): ShownColumns {
  const key = table.rowKey?.columns ?? []
  const others = columns.all.filter(({ name, type }) => type !== undefined && !key.includes(name))
  const shown = [...key, ...others.map(({ name }) => name)].flatMap((column) => {
    const [value] = read.shown?.rowNames([column]) ?? []
    return value === undefined ? [] : [{ column, name: value.name, isOwn: value.from === 'own' }]
  })
  const names = new Set(shown.map(({ column }) => column))
  const shape: ShownShape = {
    table: table.texts.table,
    columns: shown.map(({ column }) => column),
    keyLength: key.length,
    matters: matters?.map((column) => column.toLowerCase()) ?? null,
    parents: parents.filter((parent) => parent.columns.every((column) => names.has(column))),
  }
  return {
    shape: JSON.stringify(shape),
    values: shown.map(({ name, isOwn }) => ({ name, isOwn })),
    keysShape: JSON.stringify({ ...shape, columns: key, parents: [] } satisfies ShownShape),
  }
}
