import type { AskedSet, SeenSet, WantedSets } from '@freshet/core/adapter'
import type { KeyValues } from '@freshet/sql'
import type { DataModel, Model, ScalarField } from '../schema/data-model.js'
import type { AppliedRead } from './applied-read.js'
import { isPlain } from './arguments.js'
import type { Joined } from './pins.js'
import { normalIn, seenSets, setsAt } from './seen-sets.js'
import type { PreciseTable, WatchedKey } from './table-precision.js'

/** All rows of a model that have a value in a foreign key, to be asked for by `findMany` with these arguments. */
export interface MembersQuery extends Omit<AskedSet, 'load'> {
  readonly model: string
  readonly args: object
  /** @param rows what `findMany` gave */
  setOf(rows: unknown): SeenSet | 'too many' | undefined
}

/** What it takes to ask for the rows of sets. */
export interface MembersOptions {
  readonly asked: AskedModels
  /** What a `findMany` with these arguments shows. */
  readonly readOf: (model: string, args: object) => AppliedRead
  readonly wanted: WantedSets
}

/** Those of which the rows of sets are asked for, by their tables. */
type AskedModels = ReadonlyMap<string, AskedModel>

interface AskedModel {
  readonly model: Model
  /** A set that has more is not asked for. */
  readonly maxRows: number
}

/** @param maxRowsOf 0: none is asked for of a model */
export function askedModels({ models }: DataModel, maxRowsOf: (model: string) => number): AskedModels {
  const asked = new Map<string, AskedModel>()
  const seen = new Set<string>()
  for (const model of models.values()) {
    const { name, table, known } = model
    const maxRows = maxRowsOf(name)
    // Of two tables of one name in two schemas nobody knows which is meant.
    if (seen.has(table)) asked.delete(table)
    else if (known && maxRows > 0) asked.set(table, { model, maxRows })
    seen.add(table)
  }
  return asked
}

/** Of a read that is made of more, none is asked for. */
const maxSets = 8

/**
 * The queries for all sets of which an answer hides the rows, so that it would fall with any that is not known, and for those that are joined
 * with one row of which it shows some, or none.
 *
 * @param valueOf what the rows between have that lead to that row, in its normal form; `undefined`: not known
 */
export function membersQueries(
  applied: AppliedRead,
  answer: unknown,
  options: MembersOptions,
  valueOf: (joined: Joined) => string | undefined,
): readonly MembersQuery[] {
  const queries: MembersQuery[] = []
  for (const [at, place] of applied.plan.places.entries()) {
    const { table, hidesRows, joined } = place
    const asked = options.asked.get(table.name)
    if (asked === undefined) continue
    for (const one of joined) {
      const query = joinedQueryOf(table, one, valueOf(one), asked)
      if (query !== undefined) queries.push(query)
    }
    const sets = hidesRows ? setsAt(applied, place, at, answer) : undefined
    if (sets === undefined || sets.length > maxSets) continue
    for (const [key, values] of sets) {
      const query = queryOf(table, key, values, asked, options)
      if (query !== undefined) queries.push(query)
    }
  }
  return queries.length > maxSets ? [] : queries
}

function queryOf(
  table: PreciseTable,
  key: WatchedKey,
  values: KeyValues,
  { model, maxRows }: AskedModel,
  { readOf, wanted }: MembersOptions,
): MembersQuery | undefined {
  const [column, ...others] = key.columns
  const field = column === undefined || others.length > 0 ? undefined : fieldOf(model, column)
  const value = field && givenFor(field, values[0]!)
  if (field === undefined || value === undefined) return undefined
  const args = { where: { [field.name]: value }, select: selectKeys(table, model), take: maxRows + 1 }
  return {
    model: model.name,
    args,
    table,
    key: key.columns,
    values,
    maxRows,
    setOf(rows) {
      if (!Array.isArray(rows)) return undefined
      if (rows.length > maxRows) return 'too many'
      const sets = seenSets(readOf(model.name, args), wanted, rows)
      return sets.find(({ key: shown }) => shown.length === 1 && shown[0] === column)
    },
  }
}

/** The rows between that lead to one row, told by the rows that they join with it. */
function joinedQueryOf(
  table: PreciseTable,
  { table: between, relation, farField, by, far }: Joined,
  value: string | undefined,
  { model, maxRows }: AskedModel,
): MembersQuery | undefined {
  const given = value === undefined ? undefined : givenFor(farField, value)
  const field = fieldOf(model, by.own)?.name
  const type = table.columns.named(by.own)?.column.type
  if (given === undefined || field === undefined || type === undefined || type.kind === 'text')
    return undefined
  const where = { [relation]: { some: { [farField.name]: given } } }
  const args = { where, select: { [field]: true }, take: maxRows + 1 }
  const { near: ownColumn, far: farColumn } = by
  const set = { table: between, key: far.columns, values: [value!] }
  return {
    ...set,
    model: model.name,
    args,
    maxRows,
    setOf(found) {
      if (!Array.isArray(found)) return undefined
      if (found.length > maxRows) return 'too many'
      const rows = found.map(
        (row) =>
          new Map<string, unknown>([
            [farColumn, given],
            [ownColumn, isPlain(row) ? row[field] : undefined],
          ]),
      )
      return { ...set, rows, normal: normalIn(between) }
    },
  }
}

const numeral = /^-?\d{1,20}$/
const uuid = /^([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})$/

/** What Prisma is given for a value in its normal form; `undefined`: that is not known. */
function givenFor({ type, nativeType }: ScalarField, normal: string): unknown {
  if (type === 'Int' && numeral.test(normal)) return Number(normal)
  if (type === 'BigInt' && numeral.test(normal)) return BigInt(normal)
  return type === 'String' && nativeType === 'Uuid' && uuid.test(normal)
    ? normal.replace(uuid, '$1-$2-$3-$4-$5')
    : undefined
}

/** What tells rows from others: a write says by one of these which rows it touches. */
function selectKeys({ keys }: PreciseTable, model: Model): Readonly<Record<string, true>> {
  const columns = new Set(keys.flatMap((key) => key.columns))
  const fields = [...columns].flatMap((column) => fieldOf(model, column)?.name ?? [])
  return Object.fromEntries(fields.map((name) => [name, true]))
}

function fieldOf(model: Model, column: string): ScalarField | undefined {
  const field = model.columns.get(column.toLowerCase())
  return field !== undefined && model.fields.has(field.name) ? field : undefined
}
