import type { CacheOptions } from '@freshet/core'
import type { RedisStoreOptions } from '@freshet/redis'

/** Through what a process reads and writes its rows. */
export type Through = 'TypeORM' | 'Prisma'

/**
 * The second version shows one column more, the third reads through a view that it says what it depends on. The others have a table
 * whose rows are told apart: the fourth by their keys alone, the fifth by their names as well, and reads who has one, and to the sixth
 * names are what is written all the time.
 */
export type Version = 1 | 2 | 3 | 4 | 5 | 6

/** How a process gets to Redis. */
export type RedisAddress =
  | { readonly port: number; readonly pushPort: number }
  | { readonly cluster: readonly { readonly host: string; readonly port: number }[] }
  | {
      readonly sentinels: readonly { readonly host: string; readonly port: number }[]
      readonly name: string
    }

/** What a process is started with, in FAULTS_PROGRAM. */
export interface ProgramSetup {
  readonly name: string
  readonly through: Through
  readonly redis: RedisAddress
  readonly databaseUrl: string
  /** Which version of the application it is. Default 1. */
  readonly version?: Version
  readonly store: RedisStoreOptions
  readonly cache: Omit<CacheOptions, 'store'>
  /** How long its driver waits for the answer to a statement, in ms. Default: for ever. */
  readonly queryTimeoutMs?: number
}

export type Order =
  | { readonly type: 'read'; readonly id: number }
  /** In a transaction that waits before its COMMIT for `go on`, or by itself. */
  | {
      readonly type: 'write'
      readonly id: number
      readonly name: string
      readonly how: 'by itself' | 'in a transaction' | 'in a transaction that waits before its COMMIT'
    }
  | { readonly type: 'go on' }
  | { readonly type: 'tell' }

/** What has happened in a process so far. */
export interface Told {
  readonly isConnected: boolean
  /** How often it has been connected to Redis. */
  readonly connections: number
  readonly hits: number
  readonly misses: number
  readonly bypasses: number
  /** What the cache could not do, as `action: message`. */
  readonly failures: readonly string[]
  readonly warnings: readonly string[]
  /** How often the store has been told what it had missed. */
  readonly storeUps: number
}

/** What a process tells its parent. */
export type Report =
  | { readonly type: 'ready' }
  | { readonly type: 'waiting before COMMIT' }
  | { readonly type: 'done'; readonly number: number; readonly answer: unknown }
  | { readonly type: 'failed'; readonly number: number; readonly message: string }

export type Numbered<T> = T & { readonly number: number }
