import type { SeenSet, WantedSets } from '@freshet/core/adapter'
import type { KeyValues } from '@freshet/sql'
import type { DataModel, Model, ScalarField } from '../schema/data-model.js'
import type { AppliedRead } from './applied-read.js'
import { seenSets, setsAt } from './seen-sets.js'
import type { PreciseTable, WatchedKey } from './table-precision.js'

/** All rows of a model that have a value in a foreign key, to be asked for by `findMany` with these arguments. */
export interface MembersQuery {
  readonly model: string
  readonly args: object
  readonly table: PreciseTable
  readonly key: readonly string[]
  readonly values: readonly string[]
  readonly maxRows: number
  /** @param rows what `findMany` gave */
  setOf(rows: unknown): SeenSet | 'too many' | undefined
}

/** What it takes to ask for the rows of sets. */
export interface MembersOptions {
  readonly dataModel: DataModel
  /** How many rows a set of a model may have to be asked for; 0: none is. */
  readonly maxRowsOf: (model: string) => number
  /** What a `findMany` with these arguments shows. */
  readonly readOf: (model: string, args: object) => AppliedRead
  readonly wanted: WantedSets
}

/** Of a read that is made of more, none is asked for. */
const maxSets = 8

/** The queries for all sets of which an answer hides the rows, so that it would fall with any that is not known. */
export function membersQueries(
  applied: AppliedRead,
  answer: unknown,
  options: MembersOptions,
): readonly MembersQuery[] {
  const queries: MembersQuery[] = []
  for (const [at, place] of applied.plan.places.entries()) {
    const { table, hidesRows } = place
    const asked = hidesRows ? modelOf(table, options) : undefined
    const sets = asked && setsAt(applied, place, at, answer)
    if (sets === undefined || sets.length > maxSets) continue
    for (const [key, values] of sets) {
      const query = queryOf(table, key, values, asked!, options)
      if (query !== undefined) queries.push(query)
    }
  }
  return queries.length > maxSets ? [] : queries
}

interface AskedModel {
  readonly model: Model
  readonly maxRows: number
}

function modelOf({ name }: PreciseTable, { dataModel, maxRowsOf }: MembersOptions): AskedModel | undefined {
  const models = [...dataModel.models.values()].filter(({ table }) => table === name)
  const [model, ...others] = models
  // Of two tables of one name in two schemas nobody knows which is meant.
  if (model === undefined || others.length > 0 || !model.known) return undefined
  const maxRows = maxRowsOf(model.name)
  return maxRows === 0 ? undefined : { model, maxRows }
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
