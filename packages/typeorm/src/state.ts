import type { Engine, LoadContext, Policy } from '@freshet/core/adapter'
import type { LiveCatalogue } from '@freshet/sql'
import type { DataSource, QueryRunner } from 'typeorm'
import type { Binding } from './binding.js'
import type { ResolvedOptions } from './options.js'
import type { SentRead } from './precision/load-precision.js'
import type { SchemaPrecision } from './precision/schema-precision.js'
import type { Tap } from './tap/tap.js'

/** What Freshet knows of one DataSource that was given `cache: freshet({ cache })`. */
export interface FreshetState {
  readonly engine: Engine
  /** How long what is read is kept when the read itself does not say, and what is done when its load is slow or fails. */
  readonly policy: Policy
  /** What the database says of its tables. */
  readonly catalogue: LiveCatalogue
  /** Asks it, for as long as somebody is waiting who has just connected. */
  connected(): Promise<void>
  /** What it said may be otherwise when somebody connects again. */
  disconnected(): void
  /** Whose results these are: evaluated when a query is sent; `undefined` without a `scope` option. */
  readonly scope: (() => unknown) | undefined
  /** What is told apart in the tables by now; `undefined`: there are no entities yet. */
  precision(): SchemaPrecision | undefined
  /** The tags that a read of these tables carries; `undefined`: nobody can tell what it reads. */
  readTags(tables: readonly string[] | undefined): readonly string[]
  /** New generations for what was read from these tables, without a statement having written them. */
  invalidate(tables: readonly string[], source: string): Promise<void>
  /** What tells this database's answers from another's: part of every key. */
  readonly identity: string
  /**
   * Why no read may be served or stored at this moment, if so (an open transaction on a shared connection, a changed
   * session); with the runner that the caller reads through, also why not through that one.
   */
  obstacle(runner?: QueryRunner): string | undefined
  /**
   * Runs a load; tells `context` to skip storing if the load's statements were not seen to pass, or could have seen
   * uncommitted rows, or if `precision`, by which it was told what the answer depends on, is outdated by then.
   *
   * @param sent filled with the reads that the load has sent
   */
  load(
    query: () => Promise<unknown>,
    context: LoadContext,
    precision: SchemaPrecision | undefined,
    sent?: SentRead[],
  ): Promise<unknown>
}

const states = new WeakMap<DataSource, FreshetState>()

export function stateOf(dataSource: DataSource): FreshetState | undefined {
  return states.get(dataSource)
}

export function setState(dataSource: DataSource, state: FreshetState): void {
  states.set(dataSource, state)
}

export function createState(
  dataSource: DataSource,
  { engine, scope, database, policy }: ResolvedOptions,
  tap: Tap,
  binding: Binding,
): FreshetState {
  return {
    engine,
    policy,
    catalogue: tap.catalogue,
    connected: () => tap.catalogue.ask(tap.ask),
    disconnected: () => tap.catalogue.forget(),
    scope,
    identity: identityOf(dataSource, database),
    readTags: (tables) => binding.readTags(tables === undefined ? 'all' : { tables }),
    invalidate: async (tables, source) => binding.invalidate(binding.writeTags(tables), source),
    obstacle: (runner) => {
      const own = runner === undefined ? undefined : tap.obstacleOf(runner)
      if (own !== undefined) return own
      if (tap.seesUncommitted) return 'uncommitted'
      if (binding.changedSession !== undefined && scope === undefined) return sessionObstacle(engine)
      return undefined
    },
    precision: () => binding.precision,
    load: async (query, context, precision, sent) => {
      const { value, mayKeep } = await tap.load(query, sent)
      const isToldAsBefore = precision?.isWide === true || binding.precision === precision
      if (!mayKeep || !isToldAsBefore) context.skip()
      return value
    },
  }
}

function identityOf({ options, driver }: DataSource, database: string | undefined): string {
  const { schema } = options as { readonly schema?: unknown }
  return JSON.stringify(['typeorm', options.type, database ?? '', driver.database ?? '', schema ?? ''])
}

function sessionObstacle({ events }: Engine): string {
  events.warnOnce(
    'SESSION_CHANGED',
    'A statement such as SET ROLE or set_config() has changed what a session of this database sees, so Freshet no longer knows whose rows are read and caches nothing. Give freshet() a scope, such as { scope: () => tenant.id }, or make the change local to a transaction: SET LOCAL, set_config(…, true).',
  )
  return 'session'
}
