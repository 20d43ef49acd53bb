import type { TableName } from '../facts.js'
import { fold, type KnownColumn, type KnownColumns, type SpeltColumn } from './columns.js'
import { givenValue, keysOf, maxKeys, pinnedKeys, product, type KeyValues } from './key-values.js'
import { normalValue, type NormalValue } from './normal-value.js'
import type { Condition } from './pins.js'
import type { Returning } from './returning.js'
import { rowCondition, type RowCondition } from './row-condition.js'
import { mayBeSql, type StatementValues } from './statement-values.js'
import type { ValueSource } from './value-source.js'
import type { Assignment, ProposedRows, WritePlan } from './write-plan.js'

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
  /** Whether no row can be concerned: its condition never holds. */
  readonly isNothing: boolean
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

type KnownPlan = Exclude<WritePlan, { kind: 'unknown' }>
type UpdatePlan = Extract<WritePlan, { kind: 'update' }>
type UpsertPlan = Extract<WritePlan, { kind: 'upsert' }>
type UpdatingPlan = UpdatePlan | UpsertPlan

function unknownWrite(table: TableName | undefined, reason: string): RowWrite {
  return {
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
  }
}

class AppliedWrite implements RowWrite {
  readonly reason = undefined
  readonly #plan: KnownPlan
  readonly #values: StatementValues
  readonly #columns: KnownColumns
  // Asked for by every key.
  #known: readonly Assignment[] | undefined
  #isAsked = false

  constructor(plan: KnownPlan, values: StatementValues, columns: KnownColumns) {
    this.#plan = plan
    this.#values = values
    this.#columns = columns
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
    return (this.#plan.kind === 'update' || this.#plan.kind === 'delete') && this.#plan.where.isNever
  }

  get assigned(): readonly string[] | undefined {
    const assignments = this.#assignments()
    return assignments?.map(({ column }) => this.#columns.find(column)!.name)
  }

  touched(key: readonly string[]): readonly KeyValues[] | undefined {
    const plan = this.#plan
    if (plan.kind === 'insert') return []
    const columns = this.#keyColumns(key)
    if (columns === undefined) return undefined
    switch (plan.kind) {
      case 'truncate':
        return undefined
      case 'delete':
        return this.#pinned(plan.where, columns) ?? this.#returned(plan.returning, columns, undefined)
      case 'update':
        return this.#pinned(plan.where, columns) ?? this.#unchanged(plan, columns)
      case 'upsert':
        return this.#conflicting(plan, columns) ?? this.#unchanged(plan, columns)
    }
  }

  entering(key: readonly string[]): readonly KeyValues[] | undefined {
    const plan = this.#plan
    if (plan.kind === 'delete' || plan.kind === 'truncate') return []
    const columns = this.#keyColumns(key)
    if (columns === undefined) return undefined
    switch (plan.kind) {
      case 'insert':
        return this.#inserted(plan.proposed, columns) ?? this.#returned(plan.returning, columns, null)
      case 'update':
        if (plan.where.isNever || !assigns(this.#assignments(), columns)) return []
        return this.#moved(plan, columns) ?? this.#returned(plan.returning, columns, null)
      case 'upsert':
        return this.#upserted(plan, columns) ?? this.#returned(plan.returning, columns, null)
    }
  }

  condition(): RowCondition | undefined {
    const plan = this.#plan
    if (plan.kind !== 'update' && plan.kind !== 'delete') return undefined
    return rowCondition(plan.where, this.#columns, this.#values.parameters)
  }

  /** `undefined`: not told, or of a column that is not known and may be any (SQLite's `rowid` is the key). */
  #assignments(): readonly Assignment[] | undefined {
    if (!this.#isAsked) {
      const assignments = assignmentsOf(this.#plan)
      const isKnown = assignments?.every(({ column }) => this.#columns.find(column) !== undefined) === true
      this.#known = isKnown ? assignments : undefined
      this.#isAsked = true
    }
    return this.#known
  }

  #keyColumns(key: readonly string[]): readonly SpeltColumn[] | undefined {
    const columns: SpeltColumn[] = []
    for (const name of key) {
      const spelt = this.#columns.named(name)
      if (spelt === undefined) return undefined
      columns.push(spelt)
    }
    return columns
  }

  /** What the WHERE says that the rows had when they were chosen. */
  #pinned({ pins, isNever }: Condition, columns: readonly SpeltColumn[]): readonly KeyValues[] | undefined {
    return isNever ? [] : pinnedKeys(pins, 0, columns, this.#values.parameters)
  }

  /** The rows that came back still have what they had, unless it was assigned. */
  #unchanged({ returning }: UpdatingPlan, columns: readonly SpeltColumn[]): readonly KeyValues[] | undefined {
    if (assigns(this.#assignments(), columns)) return undefined
    return this.#returned(returning, columns, undefined)
  }

  /** The row that stands in the way has the values of the conflict's columns that were proposed. */
  #conflicting({ conflict, proposed }: UpsertPlan, columns: readonly SpeltColumn[]) {
    const { target } = conflict
    const isTold = target !== undefined && columns.every(({ spelling }) => target.includes(spelling))
    return isTold ? this.#inserted(proposed, columns) : undefined
  }

  #inserted({ columns, rows }: ProposedRows, key: readonly SpeltColumn[]): readonly KeyValues[] | undefined {
    if (columns === undefined || rows === undefined || rows.length > maxKeys) return undefined
    const places = key.map(({ spelling }) => columns.lastIndexOf(spelling))
    const isOne = rows.length === 1
    return keysOf(rows, (row) => key.map(({ column }, at) => this.#stored(row[places[at]!], column, isOne)))
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
      const assigned = this.#assignments()?.filter(({ column }) => column === spelt.spelling)
      if (assigned === undefined) return undefined
      if (assigned.length === 0) return this.#pinned(plan.where, [spelt])?.map(([value]) => value!)
      return this.#newValues(assigned, spelt, undefined)
    })
    return product(candidates)
  }

  #upserted(plan: UpsertPlan, columns: readonly SpeltColumn[]): readonly KeyValues[] | undefined {
    const inserted = this.#inserted(plan.proposed, columns)
    if (inserted === undefined || !assigns(this.#assignments(), columns)) return inserted
    const candidates = columns.map((spelt) => {
      const assigned = this.#assignments()?.filter(({ column }) => column === spelt.spelling)
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
  #returned(
    returning: Returning,
    columns: readonly SpeltColumn[],
    ofNull: null | undefined,
  ): readonly KeyValues[] | undefined {
    const { returned } = this.#values
    if (returned === undefined || returning === undefined || returned.length > maxKeys) return undefined
    const fields = columns.map(({ column, spelling }) => fieldOf(returning, column, spelling))
    return keysOf(returned, (row) =>
      columns.map(({ column }, at) => {
        const value = normalValue(column.type, valueAt(row, fields[at]))
        return value === null ? ofNull : value
      }),
    )
  }
}

function assignmentsOf(plan: KnownPlan): readonly Assignment[] | undefined {
  if (plan.kind === 'update') return plan.assignments
  return plan.kind === 'upsert' ? plan.conflict.assignments : []
}

/** Whether rows that exist may be given another value in one of the columns. */
function assigns(assignments: readonly Assignment[] | undefined, columns: readonly SpeltColumn[]): boolean {
  if (assignments === undefined) return true
  return columns.some(({ spelling }) => assignments.some(({ column }) => column === spelling))
}

/** Nothing, or a default that only the database knows. */
const absent = ({ nullable, hasDefault }: KnownColumn): NormalValue =>
  nullable && !hasDefault ? null : undefined

/** Where the driver puts a column: its place in a list, its names in an object. */
interface Field {
  readonly index: number
  readonly names: readonly string[]
}

/** Databases but PostgreSQL may name it as the statement does, or as the catalogue does. */
function fieldOf(
  returning: NonNullable<Returning>,
  { name }: KnownColumn,
  spelling: string,
): Field | undefined {
  if (returning === 'all') return { index: -1, names: [name] }
  const index = returning.findIndex(({ column }) => column === spelling)
  const returned = returning[index]?.name
  if (returned === undefined) return undefined
  // Of two fields of one name an object has one; an expression may be given any name.
  const isOnly = returning.every(({ name: other }, at) => at === index || isAnother(other, [returned, name]))
  return { index, names: isOnly ? [returned, name] : [] }
}

const isAnother = (name: string | undefined, names: readonly string[]): boolean =>
  name !== undefined && names.every((known) => fold(known) !== fold(name))

function valueAt(row: unknown, field: Field | undefined): unknown {
  if (field === undefined || typeof row !== 'object' || row === null) return undefined
  if (Array.isArray(row)) return field.index < 0 ? undefined : (row as readonly unknown[])[field.index]
  const name = field.names.find((candidate) => Object.hasOwn(row, candidate))
  return name === undefined ? undefined : (row as Readonly<Record<string, unknown>>)[name]
}
