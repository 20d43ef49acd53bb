/** How a process of the application is made. */
export interface Setup {
  readonly redisPort: number
  /** Of a second server as backup. `undefined`: its own memory. */
  readonly backupPort: number | undefined
  readonly databaseUrl: string
  readonly prefix: string
  readonly maxStalenessMs: number
}

/** What a process is asked for. */
export type Question =
  | { readonly type: 'read'; readonly row: number }
  | { readonly type: 'write'; readonly row: number }
  | { readonly type: 'state' }
  /** Reads rows, and writes its own, until it is asked to stop. */
  | { readonly type: 'work'; readonly ownRow: number; readonly rows: number }
  | { readonly type: 'stop' }

export interface State {
  readonly active: string
  readonly outages: number
  readonly hits: number
  readonly writes: number
  readonly failures: number
}

/** A read's start, or a write's acknowledgement, in ms since the epoch, and the version of the row. */
export interface Moment {
  readonly kind: 'read' | 'write'
  readonly row: number
  readonly version: number
  readonly at: number
}

export type Answer = number | State | readonly Moment[] | undefined

export interface Asked {
  readonly id: number
  readonly question: Question
}

export type Told =
  | { readonly type: 'ready' }
  | { readonly type: 'answer'; readonly id: number; readonly answer: Answer }
  | { readonly type: 'error'; readonly id: number; readonly message: string }
