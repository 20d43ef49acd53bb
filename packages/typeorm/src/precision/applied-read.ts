import { columnOfSet } from '@freshet/core/adapter'
import type { Candidate } from './place.js'
import type { Choice, ReadPlan } from './read-plan.js'
import { tagsBeside } from './read-plan.js'

/** Past this, values that pin rows are as good as none. */
export const maxPinned = 64

/** A plan with the values of one sending. */
export interface AppliedRead {
  /** All tags that are known before the load. */
  readonly tags: readonly string[]
  readonly choice: Choice
}

type Values = readonly unknown[] | undefined

/** Fills in the values that one sending pins. */
export function applyPlan(plan: ReadPlan, values: Values): AppliedRead {
  const { usual, usualChoice, usualPins } = plan
  if (usualPins.length === 0) return { tags: usual, choice: usualChoice }
  const tags = usual.slice()
  for (const candidate of usualPins)
    if (!addPinned(candidate, values, tags, usual.length)) return applyUnusual(plan, values)
  return { tags, choice: usualChoice }
}

function applyUnusual(plan: ReadPlan, values: Values): AppliedRead {
  const pinned: string[] = []
  const choice = plan.places.map(({ candidates }) =>
    candidates.find((candidate) => {
      const own: string[] = []
      if (!addPinned(candidate, values, own, 0)) return false
      pinned.push(...own)
      return true
    }),
  )
  return { tags: [...new Set([...tagsBeside(plan, choice), ...pinned])], choice }
}

/** Adds the sets and rows that a candidate pins, or answers that it pins none. */
function addPinned(
  { key, pins, rowKey, rowsOnly, columns }: Candidate,
  values: Values,
  tags: string[],
  from: number,
): boolean {
  const keys = pins(values)
  if (keys === undefined || keys.length > maxPinned) return false
  if (keys.length * columns.length > maxPinned) return false
  for (const value of keys) {
    if (!rowsOnly) addSet(key.set(value), columns, tags, from)
    // In the order of its own columns.
    if (rowKey !== undefined) addNew(rowKey.row(value), tags, from)
  }
  return true
}

function addSet(set: string, columns: readonly string[], tags: string[], from: number): void {
  addNew(set, tags, from)
  for (const column of columns) addNew(columnOfSet(set, column), tags, from)
}

function addNew(tag: string, tags: string[], from: number): void {
  if (tags.indexOf(tag, from) < 0) tags.push(tag)
}
