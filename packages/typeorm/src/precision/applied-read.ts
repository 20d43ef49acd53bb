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
  const pinned: string[] = []
  for (const candidate of usualPins)
    if (!addPinned(candidate, values, pinned)) return applyUnusual(plan, values)
  // Of the exact size: what grows by pushes keeps room for 17, in every entry.
  return { tags: usual.concat(pinned), choice: usualChoice }
}

function applyUnusual(plan: ReadPlan, values: Values): AppliedRead {
  const pinned: string[] = []
  const choice = plan.places.map(({ candidates }) =>
    candidates.find((candidate) => {
      const own: string[] = []
      if (!addPinned(candidate, values, own)) return false
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
): boolean {
  const keys = pins(values)
  if (keys === undefined || keys.length > maxPinned) return false
  if (keys.length * columns.length > maxPinned) return false
  for (const value of keys) {
    if (!rowsOnly) addSet(key.set(value), columns, tags)
    // In the order of its own columns.
    if (rowKey !== undefined) addNew(rowKey.row(value), tags)
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
