import { fold, type KnownColumn, type KnownColumns, type SpeltColumn } from './columns.js'
import { pinnedLists } from './key-values.js'
import type { Returning } from './returning.js'
import type { ValueSource } from './value-source.js'
import type { Assignment, WritePlan } from './write-plan.js'

type KnownPlan = Exclude<WritePlan, { kind: 'unknown' }>

/** What the text of a statement tells, with the columns of its table, whatever values it is sent with. */
export interface WrittenText {
  readonly columns: KnownColumns
  /** `undefined`: not told, or of a column that is not known and may be any (SQLite's `rowid` is the key). */
  readonly assignments: readonly Assignment[] | undefined
  /** The columns of these, as the catalogue spells them. */
  readonly assigned: readonly string[] | undefined
  /** What it tells of a key; `undefined`: one of the columns is not known. */
  key(key: readonly string[]): WrittenKey | undefined
}

/** What the text tells of a key of the table. */
export interface WrittenKey {
  readonly columns: readonly SpeltColumn[]
  /** Whether rows that exist may be given another value in one of the columns. */
  readonly isAssigned: boolean
  /** Whether the WHERE never holds. */
  readonly isNone: boolean
  /** Whether the WHERE says which values rows had in it. */
  readonly isPinned: boolean
  /** Where the values stand that the WHERE leaves; `undefined`: it may be any. */
  readonly lists: readonly (readonly ValueSource[])[] | undefined
  /** Where the columns stand in the rows that come back; `undefined`: none come back. */
  readonly fields: readonly (Field | undefined)[] | undefined
}

/** Where the driver puts a column: its place in a list, its names in an object. */
export interface Field {
  readonly index: number
  readonly names: readonly string[]
}

const texts = new WeakMap<KnownPlan, WrittenText>()

/** Made once for as long as the plan of a text is remembered, and its table has the same columns. */
export function writtenText(plan: KnownPlan, columns: KnownColumns): WrittenText {
  let text = texts.get(plan)
  if (text?.columns !== columns) texts.set(plan, (text = makeText(plan, columns)))
  return text
}

function makeText(plan: KnownPlan, columns: KnownColumns): WrittenText {
  const told = assignmentsOf(plan)
  const isKnown = told?.every(({ column }) => columns.find(column) !== undefined) === true
  const assignments = isKnown ? told : undefined
  const keys = new WeakMap<readonly string[], { readonly known: WrittenKey | undefined }>()
  return {
    columns,
    assignments,
    assigned: assignments?.map(({ column }) => columns.find(column)!.name),
    key(key) {
      let made = keys.get(key)
      if (made === undefined) keys.set(key, (made = { known: makeKey(plan, columns, assignments, key) }))
      return made.known
    },
  }
}

function makeKey(
  plan: KnownPlan,
  known: KnownColumns,
  assignments: readonly Assignment[] | undefined,
  key: readonly string[],
): WrittenKey | undefined {
  const columns: SpeltColumn[] = []
  for (const name of key) {
    const spelt = known.named(name)
    if (spelt === undefined) return undefined
    columns.push(spelt)
  }
  const where = 'where' in plan ? plan.where : undefined
  const returning = 'returning' in plan ? plan.returning : undefined
  const isNone = where?.isNever === true
  const lists = where && pinnedLists(where.pins, 0, columns)
  return {
    columns,
    isAssigned: assigns(assignments, columns),
    isNone,
    isPinned: isNone || lists !== undefined,
    lists,
    fields: returning && columns.map(({ column, spelling }) => fieldOf(returning, column, spelling)),
  }
}

function assignmentsOf(plan: KnownPlan): readonly Assignment[] | undefined {
  if (plan.kind === 'update') return plan.assignments
  return plan.kind === 'upsert' ? plan.conflict.assignments : []
}

function assigns(assignments: readonly Assignment[] | undefined, columns: readonly SpeltColumn[]): boolean {
  if (assignments === undefined) return true
  return columns.some(({ spelling }) => assignments.some(({ column }) => column === spelling))
}

/** Databases but PostgreSQL may name it as the statement does, or as the catalogue does. */
export function fieldOf(
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

/** What a row that came back has in a field. */
export function valueAt(row: unknown, field: Field | undefined): unknown {
  if (field === undefined || typeof row !== 'object' || row === null) return undefined
  if (Array.isArray(row)) return field.index < 0 ? undefined : (row as readonly unknown[])[field.index]
  for (const name of field.names)
    if (Object.hasOwn(row, name)) return (row as Readonly<Record<string, unknown>>)[name]
  return undefined
}
