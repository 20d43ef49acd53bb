import type { Engine, LoadContext } from '@freshet/core/adapter'
import type { DataSource } from 'typeorm'

/** What Freshet knows of one DataSource that was given `cache: freshet({ cache })`. */
export interface FreshetState {
  readonly engine: Engine
  /** Whose results these are: evaluated when a query is sent; `undefined` without a `scope` option. */
  readonly scope: (() => unknown) | undefined
  /** The tags that a read of these tables carries; `undefined`: nobody can tell what it reads. */
  readTags(tables: readonly string[] | undefined): readonly string[]
  /** New generations for what was read from these tables, without a statement having written them. */
  invalidate(tables: readonly string[], source: string): Promise<void>
  /** What tells this database's answers from another's: part of every key. */
  readonly identity: string
  /** Why no read may be served or stored at this moment, if so (an open transaction on a shared connection, a changed session). */
  obstacle(): string | undefined
  /** Runs a load; tells `context` to skip storing if the load's statements were not seen to pass, or could have seen uncommitted rows. */
  load(query: () => Promise<unknown>, context: LoadContext): Promise<unknown>
}

const states = new WeakMap<DataSource, FreshetState>()

export function stateOf(dataSource: DataSource): FreshetState | undefined {
  return states.get(dataSource)
}

export function setState(dataSource: DataSource, state: FreshetState): void {
  states.set(dataSource, state)
}
