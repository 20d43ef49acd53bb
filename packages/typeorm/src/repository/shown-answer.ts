import type { EntitySnapshot } from '../entities/snapshot.js'
import type { KeptRows } from '../precision/kept-rows.js'
import type { ShownGroup } from '../precision/shown-group.js'

/** A count, with what tells of rows that it did not count: only where that is asked, in the memory of this process. */
export interface CountSnapshot {
  readonly count: number
  readonly judged: KeptRows['judged']
}

export const countOf = (value: unknown): unknown =>
  typeof value === 'object' && value !== null ? (value as CountSnapshot).count : value

/** The rows by which an answer was named, as it is stored; `undefined`: none are kept with it. */
export const shownIn = (value: unknown): readonly ShownGroup[] | undefined =>
  (value as Partial<EntitySnapshot> | null)?.shown

/** What was kept with an answer, as it is stored. */
export function keptIn(value: unknown): KeptRows | undefined {
  const { shown = [], judged } = (value ?? {}) as Partial<EntitySnapshot>
  return judged && { shown, judged }
}
