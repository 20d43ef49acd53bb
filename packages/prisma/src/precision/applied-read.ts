import { columnOfSet, type RowsShown } from '@freshet/core/adapter'
import { type KeyValues, type NormalValue, normalValue, type ValueType } from '@freshet/sql'
import { isPlain } from './arguments.js'
import { clocksOf } from './late-tags.js'
import type { Branch, Candidate } from './place.js'
import type { ValuesAt } from './pins.js'
import type { ReadPlan } from './read-plan.js'

/** Past this, values that pin rows are as good as none. */
export const maxPinned = 64

/** A plan with the values of one read. */
export interface AppliedRead {
  readonly plan: PreparedPlan
  /** All tags that are known before the load. */
  readonly tags: readonly string[]
  /** How each place is pinned; `undefined`: not by the arguments. */
  readonly chosen: readonly (Candidate | undefined)[]
  readonly args: unknown
}

export interface PreparedPlan extends ReadPlan {
  /** Of reads in which every place is pinned as well as it can be: all tags but those of values. */
  readonly usual: readonly string[]
  readonly usualChoice: readonly (Candidate | undefined)[]
  readonly usualPins: readonly Candidate[]
  readonly usualClocks: readonly string[]
  /** Its answer's own rows, if each of them is one of a table's. */
  readonly own: RowsShown<ValueType> | undefined
  /** Whether it depends on what another row has. */
  readonly isDerived: boolean
}

/** Does what can be done before values are known. */
export function preparePlan(plan: ReadPlan): PreparedPlan {
  const usualChoice = plan.places.map(({ candidates }) => candidates[0])
  return {
    ...plan,
    usual: tagsBeside(plan, usualChoice),
    usualChoice,
    usualPins: usualChoice.filter((candidate) => candidate !== undefined),
    usualClocks: clocksOf(plan, usualChoice),
    own: ownRows(plan),
    isDerived: plan.places.some(({ derived, joined }) => derived.length + joined.length > 0),
  }
}

function ownRows({ shown, places }: ReadPlan): RowsShown<ValueType> | undefined {
  if (shown?.place === undefined) return undefined
  const { fields } = shown
  return {
    table: places[shown.place]!.table,
    columns: [...fields.keys()],
    rowsOf: (answer) => (Array.isArray(answer) ? (answer as readonly unknown[]) : [answer]),
    valueOf(row, column) {
      const field = fields.get(column)
      return field !== undefined && isPlain(row) ? row[field] : undefined
    },
  }
}

function tagsBeside(plan: ReadPlan, chosen: readonly (Candidate | undefined)[]): string[] {
  const tags = new Set(plan.tags)
  for (const [at, { otherwise }] of plan.places.entries())
    for (const tag of chosen[at]?.tags ?? otherwise) tags.add(tag)
  return [...tags]
}

/** Fills in the values that one read pins. */
export function applyPlan(plan: PreparedPlan, args: unknown): AppliedRead {
  const { usual, usualChoice, usualPins } = plan
  if (usualPins.length === 0) return { plan, tags: usual, chosen: usualChoice, args }
  const pinned: string[] = []
  for (const candidate of usualPins) if (!addPinned(candidate, args, pinned)) return applyUnusual(plan, args)
  // Of the exact size: what grows by pushes keeps room for 17, in every entry.
  return { plan, tags: usual.concat(pinned), chosen: usualChoice, args }
}

function applyUnusual(plan: PreparedPlan, args: unknown): AppliedRead {
  const pinned: string[] = []
  const chosen = plan.places.map(({ candidates }) =>
    candidates.find((candidate) => {
      const own: string[] = []
      if (!addPinned(candidate, args, own)) return false
      pinned.push(...own)
      return true
    }),
  )
  return { plan, tags: [...new Set([...tagsBeside(plan, chosen), ...pinned])], chosen, args }
}

/** Adds the sets and rows that a candidate pins, or answers that it pins none. */
function addPinned(candidate: Candidate, args: unknown, tags: string[]): boolean {
  for (const branch of candidate.branches) {
    const keys = keysOf(branch, args)
    if (keys === undefined || tags.length + keys.length > 2 * maxPinned) return false
    if (keys.length * candidate.columns.length > maxPinned) return false
    for (const key of keys) {
      if (!candidate.rowsOnly) addSet(branch.key.set(key), candidate.columns, tags)
      if (candidate.rowKey !== undefined) addNew(candidate.rowKey.row(key), tags)
    }
  }
  return true
}

function addSet(set: string, columns: readonly string[], tags: string[]): void {
  addNew(set, tags)
  for (const column of columns) addNew(columnOfSet(set, column), tags)
}

function addNew(tag: string, tags: string[]): void {
  if (!tags.includes(tag)) tags.push(tag)
}

/** Every combination of the values that stand there; none with NULL, which equals nothing. */
export function keysOf({ key, at }: Branch, args: unknown): readonly KeyValues[] | undefined {
  let keys: readonly KeyValues[] = [[]]
  for (let column = 0; column < at.length; column++) {
    const values = valuesAt(at[column]!, args)
    if (values === undefined || values.length * keys.length > maxPinned) return undefined
    const next: KeyValues[] = []
    for (const start of keys) {
      for (const value of values) {
        const normal: NormalValue = normalValue(key.types[column], value)
        if (normal === undefined) return undefined
        if (normal !== null) next.push(start.length === 0 ? [normal] : [...start, normal])
      }
    }
    keys = next
  }
  return keys
}

/** What stands at a place of the arguments. */
export function valueAt({ path }: ValuesAt, args: unknown): unknown {
  let value = args
  for (const name of path) value = (value as Readonly<Record<string, unknown>>)[name]
  return value
}

function valuesAt(at: ValuesAt, args: unknown): readonly unknown[] | undefined {
  const value = valueAt(at, args)
  if (!at.isList) return [value]
  return Array.isArray(value) ? (value as readonly unknown[]) : undefined
}
