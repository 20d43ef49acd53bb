import type { KnownColumn, KnownColumns } from './columns.js'
import { keysOfLists, type KeyValues } from './key-values.js'
import { normalValue } from './normal-value.js'
import type { Bound, Condition, Pin } from './pins.js'
import type { ValueSource } from './value-source.js'
import type { ValueType } from './value-type.js'

/** A value of a row, by its column's name in the catalogue; `undefined`: not known. */
export type ValueOf = (column: string) => unknown

/** What is certain of the rows that a statement concerns. */
export interface RowCondition {
  /** Whether a row that has these values is certainly none of them, as the database compares. */
  excludes(valueOf: ValueOf): boolean
  /** Whether a row that has these values is certainly one of them. Default: that is not told. */
  includes?(valueOf: ValueOf): boolean
}

/** Past this, a list is not compared with every row that is shown. */
const maxListed = 100

/** @returns `undefined` if it says nothing that can be told here. */
export function rowCondition(
  { pins, bounds, isWhole }: Condition,
  columns: KnownColumns,
  parameters: readonly unknown[] | undefined,
): RowCondition | undefined {
  const parts: RowCondition[] = []
  for (const pin of pins) {
    const part = listed(pin, columns, parameters)
    if (part !== undefined) parts.push(part)
  }
  for (const bound of bounds) {
    const part = bounded(bound, columns, parameters)
    if (part !== undefined) parts.push(part)
  }
  if (parts.length === 0) return undefined
  const excludes = (valueOf: ValueOf) => parts.some((part) => part.excludes(valueOf))
  const isTold = isWhole === true && parts.length === bounds.length
  return isTold
    ? { excludes, includes: (valueOf) => parts.every((part) => part.includes?.(valueOf) === true) }
    : { excludes }
}

/** The rows whose values in some columns are among these. */
export function rowsListed(
  columns: readonly Pick<KnownColumn, 'name' | 'type'>[],
  keys: readonly KeyValues[],
): RowCondition {
  return {
    excludes(valueOf) {
      const values = columns.map(({ name, type }) => normalValue(type, valueOf(name)))
      // What compares a NULL does not hold.
      if (values.includes(null)) return true
      return keys.every((key) => key.some((value, at) => values[at] !== undefined && values[at] !== value))
    },
  }
}

/** Normal forms of different texts may be one. */
function areSame(type: ValueType | undefined, one: unknown, other: unknown): boolean {
  if (type?.kind === 'text') return one === other
  const normal = normalValue(type, one)
  return normal !== undefined && normal !== null && normal === normalValue(type, other)
}

/** How values of two columns, and of rows, are compared. */
export const compared = {
  listed: rowsListed,
  areAlike: (one: ValueType, other: ValueType): boolean => one.kind === other.kind,
  normal: normalValue,
  areSame,
}

function listed(
  { columns: pinned, values }: Pin,
  columns: KnownColumns,
  parameters: readonly unknown[] | undefined,
): RowCondition | undefined {
  const known: KnownColumn[] = []
  for (const { name } of pinned) {
    const column = columns.find(name)
    if (column === undefined) return undefined
    known.push(column)
  }
  const spelt = known.map((column, at) => ({ column, spelling: pinned[at]!.name }))
  const keys = keysOfLists(values, spelt, parameters)
  return keys === undefined || keys.length > maxListed ? undefined : rowsListed(known, keys)
}

function bounded(
  { column: { name: spelling }, side, isOpen, value: source }: Bound,
  columns: KnownColumns,
  parameters: readonly unknown[] | undefined,
): RowCondition | undefined {
  const column = columns.find(spelling)
  if (column?.type?.kind !== 'integer') return undefined
  const limit = exactInteger(givenBy(source, parameters))
  if (limit === undefined) return undefined
  const { name, hasRowSecurity } = column
  // SQLite keeps what is no whole number in such a column, and a driver may cut off what is behind the point.
  const margin = columns.dialect === 'sqlite' ? 1 : 0
  const isBeyond = (whole: number): boolean => {
    const beyond = (side === 'least' ? limit - whole : whole - limit) - margin
    return isOpen ? beyond >= 0 : beyond > 0
  }
  return {
    excludes(valueOf) {
      const value = valueOf(name)
      if (value === null) return true
      const whole = exactInteger(value)
      return whole !== undefined && isBeyond(whole)
    },
    includes(valueOf) {
      const whole = exactInteger(valueOf(name))
      return margin === 0 && hasRowSecurity !== true && whole !== undefined && !isBeyond(whole)
    },
  }
}

function givenBy(source: ValueSource, parameters: readonly unknown[] | undefined): unknown {
  if (source.from === 'literal') return source.value
  return source.from === 'parameter' ? parameters?.[source.index] : undefined
}

const wholeNumber = /^-?\d{1,16}$/

/** Only such as doubles tell apart: MySQL compares a number with a text as these. */
function exactInteger(value: unknown): number | undefined {
  const isNumeral = typeof value === 'bigint' || (typeof value === 'string' && wholeNumber.test(value))
  const number = isNumeral ? Number(value) : value
  return Number.isSafeInteger(number) ? (number as number) : undefined
}
