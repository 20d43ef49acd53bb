/*
 * What happened in one round, as the processes saw it. All times are milliseconds of one clock, the machine's
 * monotonic one.
 */

/** One row, as one read got it. */
export interface Read {
  readonly process: string
  readonly row: number
  /** Before the cache was asked. */
  readonly start: number
  /** After it had answered. */
  readonly end: number
  /** `notThisRow` if the answer was none that this row ever had. */
  readonly version: number
}

export const notThisRow = -1

/** How a write ended for its caller; `died`: its process ended before it did. */
export type WriteEnd = 'acknowledged' | 'refused' | 'unknown' | 'died'

export interface Write {
  readonly process: string
  readonly row: number
  /** Before the cache was told. */
  readonly begin: number
  /** What it made of its row, as far as its process came to know. */
  readonly version?: number
  /** When the database had answered that it is committed. */
  readonly committed?: number
  readonly end: WriteEnd
  /** When the caller was told, or the process ended. An acknowledgement counts from when its invalidation was delivered. */
  readonly ended: number
  /** The store did not take its mark, or its hold, and said so. */
  readonly unmarked: boolean
  /** The store did not take its invalidation, and said so: promise 1 is suspended for it. */
  readonly undelivered: boolean
}

/** A time in which the store lost what it was told, or a process its leases. */
export interface Loss {
  readonly what: string
  readonly from: number
  readonly to: number
  /** Of one row only. */
  readonly row?: number
  /** Of the writes of one process only. */
  readonly process?: string
}

/** What the processes were set up with, in milliseconds. */
export interface Limits {
  readonly leaseMs: number
  readonly holdMs: number
  /** What a mark's end may take beyond them. */
  readonly slackMs: number
}

/** How fresh answers are to be: DESIGN's words, with the bound of what may be served without asking, in milliseconds. */
export type Freshness =
  | { readonly mode: 'strong' }
  /** `eventual` is the same with the silence after which what is pushed is not trusted any more; and its writers leave no marks. */
  | { readonly mode: 'bounded' | 'eventual'; readonly staleMs: number }

export interface History {
  readonly limits: Limits
  readonly freshness: Freshness
  /** The rows' versions when the round began, acknowledged and settled. */
  readonly initial: ReadonlyMap<number, number>
  /** The rows' versions in the database when nobody wrote any more. */
  readonly final: ReadonlyMap<number, number>
  readonly reads: readonly Read[]
  readonly writes: readonly Write[]
  readonly losses: readonly Loss[]
}
