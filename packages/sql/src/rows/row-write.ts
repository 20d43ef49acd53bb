import type { TableName } from '../facts.js'
import type { KnownColumn, KnownColumns, SpeltColumn } from './columns.js'
import {
  givenValue,
  keysOf,
  keysOfLists,
  maxKeys,
  pinnedKeys,
  product,
  type KeyValues,
} from './key-values.js'
import { conditionOfMet, metRows, type MetRows } from './met-rows.js'
import { normalValue, type NormalValue } from './normal-value.js'
import { rowCondition, type RowCondition } from './row-condition.js'
import { mayBeSql, ownValues, type StatementValues } from './statement-values.js'
import type { ValueSource } from './value-source.js'
import type { Assignment, ProposedRows, WritePlan } from './write-plan.js'
import { valueAt, writtenText, type WrittenKey, type WrittenText } from './written-text.js'

/**
 * What one sending of a statement does to the rows of its table.
 *
 * A key is any list of columns, by their names in the catalogue. `undefined` is always the wide answer: any value.
 */
export interface RowWrite {
  readonly kind: WritePlan['kind']
  readonly table: TableName | undefined
  /** Of kind `unknown`: why. */
  readonly reason: string | undefined
  /** Whether rows may be inserted. */
  readonly inserts: boolean
  /** Whether rows may be deleted. */
  readonly deletes: boolean
  /** Whether no row can be concerned: its condition never holds, or it held for none. */
  readonly isNothing: boolean
  /** Whether what it gives back may tell more of its keys: it inserts, or returns rows. Default: it may. */
  readonly mayTellMore?: boolean
  /**
   * The columns that rows which exist are given; `undefined`: cannot be told. Columns that change by themselves are
   * not among them.
   */
  readonly assigned: readonly string[] | undefined
  /** Which rows were changed or deleted: what they had in the key before. Empty: no row that existed is concerned. */
  touched(key: readonly string[]): readonly KeyValues[] | undefined
  /** What rows have in the key after it that may not have had it before: the sets that rows come into. */
  entering(key: readonly string[]): readonly KeyValues[] | undefined
  /** What the rows that were changed or deleted had before, by other columns as well: not to be named, but told from others. */
  condition(): RowCondition | undefined
  /** What its text says of the key, whatever it is sent with; `undefined`: nothing. Default: nothing. */
  textOf?(key: readonly string[]): Pick<WrittenKey, 'isAssigned' | 'isPinned'> | undefined
  /** What every row that was inserted or changed has in a column after it; `null`: NULL. Empty: there is no such row. */
  after(column: readonly [string]): readonly (string | null)[] | undefined
  /** How much more than before every row that was changed has in a column; `undefined`: not known, or not the same of all. */
  moved(column: readonly [string]): MovedBy | undefined
  /** How many rows it inserted, changed or deleted; `undefined`: not known. */
  readonly changed: number | undefined
  /** That of its table, if the text names one. */
  readonly schema: string | undefined
  /** The same with values of its own, to be asked when whoever sent them may have changed them; of long ones nothing is told. */
  tell(): RowWrite
}

/** A change of whole numbers by one, which is exact if what comes of it is in the column's range. */
interface MovedBy {
  readonly by: bigint
  readonly min: bigint
  readonly max: bigint
}

/**
 * Applies the plan of a text to the values it was sent with.
 *
 * Call it before the statement is sent, with its parameters, and again once it has answered, if it returned rows: what
 * only these tell is `undefined` the first time.
 *
 * @param columns those of the table that the plan names; `undefined`: not known, so that everything is.
 *
 * @example
 * const write = applyWrite(plan, { parameters: ['Hello', 7] }, posts) // UPDATE post SET title = $1 WHERE id = $2
 * write.touched(['id']) // [['7']]
 * write.assigned // ['title']
 * write.entering(['authorid']) // []: no row comes into the posts of any author
 */
export function applyWrite(
  plan: WritePlan,
  values: StatementValues,
  columns: KnownColumns | undefined,
): RowWrite {
  if (plan.kind === 'unknown') return unknownWrite(undefined, plan.reason)
  if (columns === undefined) return unknownWrite(plan.table, 'its table is not known')
  if (mayBeSql(values.parameters, columns.dialect)) {
    return unknownWrite(plan.table, 'a value that was given may be written into it as SQL')
  }
  return new AppliedWrite(plan, values, columns)
}

const mostExact = BigInt(Number.MAX_SAFE_INTEGER)
const numeral = /^-?\d{1,20}$/

function wholeNumber(source: ValueSource, parameters: readonly unknown[] | undefined): bigint | undefined {
  const value =
    source.from === 'literal'
      ? source.value
      : source.from === 'parameter'
        ? parameters?.[source.index]
        : undefined
  if (typeof value === 'bigint') return value
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : undefined
  return typeof value === 'string' && numeral.test(value) ? BigInt(value) : undefined
}

type KnownPlan = Exclude<WritePlan, { kind: 'unknown' }>
type UpdatePlan = Extract<WritePlan, { kind: 'update' }>
type UpsertPlan = Extract<WritePlan, { kind: 'upsert' }>

function unknownWrite(table: TableName | undefined, reason: string): RowWrite {
  const unknown: RowWrite = {
    kind: 'unknown',
    table,
    reason,
    inserts: true,
    deletes: true,
    isNothing: false,
    assigned: undefined,
    touched: () => undefined,
    entering: () => undefined,
    condition: () => undefined,
    after: () => undefined,
    moved: () => undefined,
    changed: undefined,
    schema: table?.schema,
    tell: () => unknown,
  }
  return unknown
}

class AppliedWrite implements RowWrite {
  readonly reason = undefined
  readonly #plan: KnownPlan
  readonly #values: StatementValues
  readonly #columns: KnownColumns
  readonly #text: WrittenText

  constructor(plan: KnownPlan, values: StatementValues, columns: KnownColumns) {
    this.#plan = plan
    this.#values = values
    this.#columns = columns
    this.#text = writtenText(plan, columns)
  }

  get kind(): WritePlan['kind'] {
    return this.#plan.kind
  }

  get table(): TableName {
    return this.#plan.table
  }

  get inserts(): boolean {
    return this.#plan.kind === 'insert' || this.#plan.kind === 'upsert'
  }

  get deletes(): boolean {
    return this.#plan.kind === 'delete' || this.#plan.kind === 'truncate'
  }

  get isNothing(): boolean {
    if (this.#values.affected === 0) return this.#plan.kind !== 'truncate'
    return (this.#plan.kind === 'update' || this.#plan.kind === 'delete') && this.#plan.where.isNever
  }

  get assigned(): readonly string[] | undefined {
    return this.#text.assigned
  }

  get mayTellMore(): boolean {
    const plan = this.#plan
    return (plan.kind !== 'update' && plan.kind !== 'delete') || plan.returning !== undefined
  }

  textOf(key: readonly string[]): WrittenKey | undefined {
    return this.#text.key(key)
  }

  touched(key: readonly string[]): readonly KeyValues[] | undefined {
    const plan = this.#plan
    if (plan.kind === 'insert') return []
    const written = this.#text.key(key)
    if (written === undefined) return undefined
    switch (plan.kind) {
      case 'truncate':
        return undefined
      case 'delete':
        return this.#pinned(written) ?? this.#returned(written, undefined)
      case 'update':
        return this.#pinned(written) ?? this.#unchanged(written)
      case 'upsert':
        return this.#conflicting(plan, written.columns) ?? this.#unchanged(written)
    }
  }

  entering(key: readonly string[]): readonly KeyValues[] | undefined {
    const plan = this.#plan
    if (plan.kind === 'delete' || plan.kind === 'truncate') return []
    const written = this.#text.key(key)
    if (written === undefined) return undefined
    switch (plan.kind) {
      case 'insert':
        return this.#inserted(plan.proposed, written.columns) ?? this.#returned(written, null)
      case 'update':
        if (plan.where.isNever || !written.isAssigned) return []
        return this.#moved(plan, written.columns) ?? this.#returned(written, null)
      case 'upsert':
        return this.#upserted(plan, written) ?? this.#returned(written, null)
    }
  }

  condition(): RowCondition | undefined {
    const plan = this.#plan
    if (plan.kind === 'upsert') {
      const met = this.#met(plan)
      return met && conditionOfMet(met)
    }
    if (plan.kind !== 'update' && plan.kind !== 'delete') return undefined
    return rowCondition(plan.where, this.#columns, this.#values.parameters)
  }

  after(column: readonly [string]): readonly (string | null)[] | undefined {
    const plan = this.#plan
    if (plan.kind === 'delete' || plan.kind === 'truncate') return []
    const written = this.#text.key(column)
    if (written === undefined) return undefined
    return this.#givenTo(plan, written) ?? this.#returnedIn(written)
  }

  moved(column: readonly [string]): MovedBy | undefined {
    // SQLite keeps what is no whole number in such a column.
    if (this.#plan.kind !== 'update' || this.#columns.dialect === 'sqlite') return undefined
    const [spelt] = this.#text.key(column)?.columns ?? []
    const assigned = this.#text.assignments?.filter((one) => one.column === spelt?.spelling)
    const [only, ...others] = assigned ?? []
    if (only?.value.from !== 'moved' || others.length > 0) return undefined
    const { type } = spelt!.column
    const by = wholeNumber(only.value.by, this.#values.parameters)
    if (by === undefined || type?.kind !== 'integer') return undefined
    // Beyond these, MySQL may count in doubles.
    const min = type.min < -mostExact ? -mostExact : type.min
    const max = type.max > mostExact ? mostExact : type.max
    return { by: only.value.isLess ? -by : by, min, max }
  }

  get changed(): number | undefined {
    return this.#values.affected ?? this.#values.returned?.length
  }

  get schema(): string | undefined {
    return this.#plan.table.schema
  }

  tell(): RowWrite {
    return new AppliedWrite(this.#plan, ownValues(this.#values), this.#columns)
  }

  /** What the text and its values give every row in a column. */
  #givenTo(plan: Exclude<KnownPlan, { kind: 'truncate' | 'delete' }>, { columns }: WrittenKey) {
    const [spelt] = columns
    if (spelt === undefined || plan.kind === 'upsert') return undefined
    if (plan.kind === 'update') {
      if (plan.where.isNever) return []
      const assigned = this.#text.assignments?.filter(({ column }) => column === spelt.spelling)
      const [only, ...others] = assigned ?? []
      if (others.length > 0 || only === undefined) return undefined
      const { from } = only.value
      const value =
        from === 'default'
          ? absent(spelt.column)
          : givenValue(only.value, spelt.column, this.#values.parameters)
      return isStored(value, spelt.column) ? [value] : undefined
    }
    const { columns: given, rows } = plan.proposed
    if (given === undefined || rows === undefined || rows.length > maxKeys) return undefined
    const place = given.lastIndexOf(spelt.spelling)
    const values = rows.map((row) => this.#stored(row[place], spelt.column, rows.length === 1))
    return values.every((value) => isStored(value, spelt.column)) ? values : undefined
  }

  #returnedIn({ columns: [spelt], fields }: WrittenKey): readonly (string | null)[] | undefined {
    const { returned } = this.#values
    if (returned === undefined || fields === undefined || returned.length > maxKeys) return undefined
    const values = returned.map((row) => normalValue(spelt!.column.type, valueAt(row, fields[0])))
    return values.every((value) => value !== undefined) ? values : undefined
  }

  /** What the WHERE says that the rows had when they were chosen. */
  #pinned({ columns, isNone, lists }: WrittenKey): readonly KeyValues[] | undefined {
    return isNone ? [] : lists && keysOfLists(lists, columns, this.#values.parameters)
  }

  /** The rows that came back still have what they had, unless it was assigned. */
  #unchanged(written: WrittenKey): readonly KeyValues[] | undefined {
    if (written.isAssigned) return undefined
    return this.#returned(written, undefined)
  }

  /** What stands in the way has the values of the conflict's columns that were proposed, or of one of the unique keys. */
  #conflicting(plan: UpsertPlan, columns: readonly SpeltColumn[]): readonly KeyValues[] | undefined {
    const { conflict, proposed } = plan
    const { target } = conflict
    if (target !== undefined) {
      const isTold = columns.every(({ spelling }) => target.includes(spelling))
      return isTold ? this.#inserted(proposed, columns, true) : undefined
    }
    const met = this.#met(plan)
    return (
      met &&
      keysOf(met, ({ key, values }) =>
        columns.map(({ spelling }) => values[key.findIndex((part) => part.spelling === spelling)]),
      )
    )
  }

  /** `undefined`: nobody can tell by what a row was met. */
  #met({ conflict: { target }, proposed }: UpsertPlan): readonly MetRows[] | undefined {
    if (target === undefined) {
      const { uniqueKeys } = this.#columns
      return uniqueKeys && metRows(uniqueKeys, proposed, (source, column) => this.#meeting(source, column))
    }
    const key: SpeltColumn[] = []
    for (const spelling of target) {
      const column = this.#columns.find(spelling)
      if (column === undefined) return undefined
      key.push({ column, spelling })
    }
    // Of PostgreSQL's unique keys some take NULLs for equal.
    return metRows([key], proposed, (source, column) => this.#stored(source, column, false) ?? undefined)
  }

  /** What a row that is met in MySQL has in a column for which this was proposed; `null`: NULL, or a new number, and no row is met. */
  #meeting(source: ValueSource | undefined, column: KnownColumn): NormalValue {
    if (column.isGeneratedKey !== true) return this.#stored(source, column, false)
    if (source === undefined || source.from === 'default') return null
    const given = givenValue(source, column, this.#values.parameters)
    // What a zero is depends on the mode.
    return given === '0' ? undefined : given
  }

  /** @param isMet whether it is asked what stands in the way: some unique keys take NULLs for equal, whereas no set holds one */
  #inserted(
    { columns, rows }: ProposedRows,
    key: readonly SpeltColumn[],
    isMet = false,
  ): readonly KeyValues[] | undefined {
    if (columns === undefined || rows === undefined || rows.length > maxKeys) return undefined
    const places = key.map(({ spelling }) => columns.lastIndexOf(spelling))
    const isOne = rows.length === 1
    return keysOf(rows, (row) =>
      key.map(({ column }, at) => {
        const value = this.#stored(row[places[at]!], column, isOne)
        return isMet && value === null ? undefined : value
      }),
    )
  }

  /** What a new row has in a column for which it was given this; `undefined` as a source: nothing. */
  #stored(source: ValueSource | undefined, column: KnownColumn, isOnlyRow: boolean): NormalValue {
    const isLeftOut = source === undefined || source.from === 'default'
    const given = isLeftOut ? absent(column) : givenValue(source, column, this.#values.parameters)
    if (column.isGeneratedKey === true) {
      // MySQL makes a key for a zero as well.
      const isMade = isLeftOut || given === null || (given === '0' && this.#columns.dialect === 'mysql')
      if (isMade)
        return isOnlyRow ? (normalValue(column.type, this.#values.generatedKey) ?? undefined) : undefined
    }
    return given === null && !column.nullable ? undefined : given
  }

  /** New values of what is assigned, old ones of the rest. */
  #moved(plan: UpdatePlan, columns: readonly SpeltColumn[]): readonly KeyValues[] | undefined {
    const candidates = columns.map((spelt) => {
      const assigned = this.#text.assignments?.filter(({ column }) => column === spelt.spelling)
      if (assigned === undefined) return undefined
      if (assigned.length === 0)
        return pinnedKeys(plan.where.pins, 0, [spelt], this.#values.parameters)?.map(([value]) => value!)
      return this.#newValues(assigned, spelt, undefined)
    })
    return product(candidates)
  }

  #upserted(plan: UpsertPlan, { columns, isAssigned }: WrittenKey): readonly KeyValues[] | undefined {
    const inserted = this.#inserted(plan.proposed, columns)
    if (inserted === undefined || !isAssigned) return inserted
    const candidates = columns.map((spelt) => {
      const assigned = this.#text.assignments?.filter(({ column }) => column === spelt.spelling)
      if (assigned === undefined) return undefined
      if (assigned.length > 0) return this.#newValues(assigned, spelt, plan.proposed)
      return this.#conflicting(plan, [spelt])?.map(([value]) => value!)
    })
    const moved = product(candidates)
    return moved === undefined ? undefined : [...inserted, ...moved]
  }

  /** What rows that exist get in a column; empty: NULL, which is in no set. */
  #newValues(
    assigned: readonly Assignment[],
    { column, spelling }: SpeltColumn,
    proposed: ProposedRows | undefined,
  ) {
    const [only, ...others] = assigned
    if (only === undefined || others.length > 0) return undefined
    if (only.value.from === 'proposed') {
      if (proposed === undefined || only.value.column !== spelling) return undefined
      return this.#inserted(proposed, [{ column, spelling }])?.map(([value]) => value!)
    }
    const value =
      only.value.from === 'default' ? absent(column) : givenValue(only.value, column, this.#values.parameters)
    if (value === null) return column.nullable ? [] : undefined
    return value === undefined ? undefined : [value]
  }

  /** @param ofNull what a row is worth whose key holds a NULL: `null` nothing, `undefined` it cannot be named. */
  #returned({ columns, fields }: WrittenKey, ofNull: null | undefined): readonly KeyValues[] | undefined {
    const { returned } = this.#values
    if (returned === undefined || fields === undefined || returned.length > maxKeys) return undefined
    return keysOf(returned, (row) =>
      columns.map(({ column }, at) => {
        const value = normalValue(column.type, valueAt(row, fields[at]))
        return value === null ? ofNull : value
      }),
    )
  }
}

/** What is no NULL where the column holds none: MySQL may store something else instead. */
const isStored = (value: NormalValue, { nullable }: KnownColumn): value is string | null =>
  value !== undefined && (value !== null || nullable)

/** Nothing, or a default that only the database knows. */
const absent = ({ nullable, hasDefault }: KnownColumn): NormalValue =>
  nullable && !hasDefault ? null : undefined
