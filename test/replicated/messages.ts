/** What the test asks a process to do; each is answered, by its number. */
export type Request =
  | { readonly id: number; readonly type: 'read'; readonly row: number }
  | { readonly id: number; readonly type: 'write'; readonly row: number; readonly version: number }
  | { readonly id: number; readonly type: 'stats' }

export type Answer =
  | { readonly id: number; readonly version: number }
  | { readonly id: number; readonly entries: number; readonly loads: number; readonly failures: number }
  | { readonly id: number; readonly error: string }

export interface Setup {
  readonly database: string
  readonly redisPort: number
  readonly consistency: 'strong' | 'eventual'
}
