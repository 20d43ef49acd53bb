import type { Outdated } from './store.js'

// Clocks of several machines differ by the time that an answer of the store takes.
const maxAheadMs = 5_000

/** Whether an entry's age is known: one from the future was stored before its clock was set back, nobody knows how long ago. */
export function hasAge({ storedAt }: Pick<Outdated, 'storedAt'>, now: number): boolean {
  return storedAt - now <= maxAheadMs
}

/** Whether an entry's time to live is not over. */
export function isWithinTtl(entry: Pick<Outdated, 'storedAt' | 'expiresAt'>, now: number): boolean {
  return entry.expiresAt > now && hasAge(entry, now)
}
