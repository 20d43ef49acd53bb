import type { Freshness } from './history.js'
import type { RedisAddress } from './stand.js'

/** Where in a write its process is stopped or killed. */
export const points = [
  'before the mark',
  'after the mark',
  'during the commit',
  'after the commit',
  'after the new generation',
] as const
export type Point = (typeof points)[number]

/** What the next write of a process is to meet with. */
export type Order =
  | { readonly kind: 'die' | 'pause'; readonly point: Point }
  /** The connection is lost while the commit is under way, or before it is sent. */
  | { readonly kind: 'lose'; readonly when: 'during' | 'before' }
  /** Its row stays marked for so long before the commit, and after it, in ms. */
  | { readonly kind: 'dawdle'; readonly beforeMs: number; readonly afterMs: number }

/** What the parent tells a worker. */
export type Command =
  | { readonly type: 'go' }
  | { readonly type: 'order'; readonly order: Order }
  /** Besides its own: of these rows one after another, for so long, in ms, but each once at least. */
  | { readonly type: 'read'; readonly rows: readonly number[]; readonly forMs: number }
  /** Besides its own: of each of these rows. */
  | { readonly type: 'write'; readonly rows: readonly number[]; readonly order?: Order }
  /** No writes of its own any more; then these, each on a row of its own. */
  | {
      readonly type: 'stop writing'
      readonly last: readonly { readonly row: number; readonly order: Order }[]
    }
  | { readonly type: 'stop reading' }
  /** Reads every row, so that what is served when all is quiet is known. */
  | { readonly type: 'sweep' }
  /** New generations for rows whose freshness two faults at once have cost. */
  | { readonly type: 'heal'; readonly rows: readonly number[] }

/** What a worker has done so far. */
export interface Figures {
  readonly operations: number
  readonly hits: number
  readonly bypasses: number
  readonly misses: number
  readonly joined: number
  /** Messages of reads that failed, and of writes that failed for no reason of the database's. */
  readonly errors: readonly string[]
}

/** What a worker tells the parent. */
export type Report =
  | { readonly type: 'ready' }
  | { readonly type: 'figures'; readonly figures: Figures }
  | { readonly type: 'pausing' }
  | { readonly type: 'done'; readonly what: Command['type']; readonly figures: Figures }

export type Role = 'reader' | 'writer' | 'both'

/** What a worker is started with, in HISTORY_WORKER. */
export interface WorkerSetup {
  readonly name: string
  readonly seed: string
  readonly role: Role
  readonly rows: number
  readonly redis: RedisAddress
  readonly databaseUrl: string
  readonly logPath: string
  readonly prefix: string
  readonly leaseMs: number
  readonly holdMs: number
  /** Whether it keeps copies in its own memory. */
  readonly near: boolean
  readonly freshness: Freshness
  /** Of the application: each keeps its answers under keys, and in a shape, of its own. */
  readonly version: 1 | 2
}
