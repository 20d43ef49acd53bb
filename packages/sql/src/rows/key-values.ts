import type { KnownColumn, SpeltColumn } from './columns.js'
import { normalValue, type NormalValue } from './normal-value.js'
import { listsOf, type Pin } from './pins.js'
import type { ValueSource } from './value-source.js'

/** Values of the columns of a key, in its order, in their normal forms. */
export type KeyValues = readonly string[]

/** Past this, values are as good as any. */
export const maxKeys = 1000

/** The value that a text or its parameters give for a column. */
export function givenValue(
  source: ValueSource,
  { type }: KnownColumn,
  parameters: readonly unknown[] | undefined,
): NormalValue {
  switch (source.from) {
    case 'literal':
      return normalValue(type, source.value)
    case 'parameter':
      return parameters === undefined ? undefined : normalValue(type, parameters[source.index])
    default:
      return undefined
  }
}

/**
 * The key of every item; an item that holds a NULL has none.
 *
 * @returns `undefined` if a value of one is not known.
 */
export function keysOf<Item>(
  items: readonly Item[],
  valuesOf: (item: Item) => readonly NormalValue[],
): readonly KeyValues[] | undefined {
  const keys: KeyValues[] = []
  for (const item of items) {
    const values = valuesOf(item)
    if (values.includes(null)) continue
    if (values.includes(undefined)) return undefined
    keys.push(values as KeyValues)
  }
  return keys
}

/** Every combination of the columns' values; `undefined` if those of one are not known, or they are too many. */
export function product(
  candidates: readonly (readonly string[] | undefined)[],
): readonly KeyValues[] | undefined {
  if (candidates.some((values) => values?.length === 0)) return []
  let keys: readonly KeyValues[] = [[]]
  for (const values of candidates) {
    if (values === undefined || values.length * keys.length > maxKeys) return undefined
    keys =
      keys.length === 1 && keys[0]!.length === 0
        ? values.map((value) => [value])
        : keys.flatMap((key) => values.map((value) => [...key, value]))
  }
  return keys
}

/** The keys of one of a condition's tables that its pins leave. */
export function pinnedKeys(
  pins: readonly Pin[],
  table: number,
  columns: readonly SpeltColumn[],
  parameters: readonly unknown[] | undefined,
): readonly KeyValues[] | undefined {
  const lists = pinnedLists(pins, table, columns)
  return lists && keysOfLists(lists, columns, parameters)
}

/** Where the values stand of the keys that pins leave. */
export function pinnedLists(
  pins: readonly Pin[],
  table: number,
  columns: readonly SpeltColumn[],
): readonly (readonly ValueSource[])[] | undefined {
  const lists = listsOf(
    pins,
    columns.map(({ spelling }) => ({ table, name: spelling })),
  )
  return lists === undefined || lists.length > maxKeys ? undefined : lists
}

/** The keys that have one of these lists of values. */
export function keysOfLists(
  lists: readonly (readonly ValueSource[])[],
  columns: readonly SpeltColumn[],
  parameters: readonly unknown[] | undefined,
): readonly KeyValues[] | undefined {
  if (lists.length === 1) return keysOfList(lists[0]!, columns, parameters)
  const keys: KeyValues[] = []
  for (const list of lists) {
    const found = keysOfList(list, columns, parameters)
    if (found === undefined || keys.length + found.length > maxKeys) return undefined
    for (const key of found) keys.push(key)
  }
  return keys
}

/** What equals NULL is no row. */
function keysOfList(
  list: readonly ValueSource[],
  columns: readonly SpeltColumn[],
  parameters: readonly unknown[] | undefined,
): readonly KeyValues[] | undefined {
  // Nearly every key is of one column.
  if (list.length === 1) return candidates(list[0]!, columns[0]!.column, parameters)?.map((value) => [value])
  return product(list.map((source, at) => candidates(source, columns[at]!.column, parameters)))
}

function candidates(
  source: ValueSource,
  column: KnownColumn,
  parameters: readonly unknown[] | undefined,
): readonly string[] | undefined {
  if (source.from !== 'elements') {
    const value = givenValue(source, column, parameters)
    if (value === null) return []
    return value === undefined ? undefined : [value]
  }
  const elements = parameters?.[source.index]
  if (!Array.isArray(elements) || elements.length > maxKeys) return undefined
  return keysOf(elements as readonly unknown[], (element) => [normalValue(column.type, element)])?.map(
    ([value]) => value!,
  )
}
