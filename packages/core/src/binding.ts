import type { Conditions } from './conditions.js'
import { conditionsOf, withConditions } from './conditions.js'
import type { Engine } from './engine.js'
import { FreshetError } from './errors.js'
import type { Execution, StatementAnswer, TappedStatement } from './execution.js'
import { lastingValues } from './lasting-values.js'
import type { MaybePromise } from './maybe-promise.js'
import { wholeSpaceTag } from './space.js'
import { anyTable, clockTag, tableTag } from './tag.js'
import type { Observers, WriteObserver } from './observers.js'
import type { OwnReads } from './own-reads.js'
import type { Write } from './write.js'

/** The tables that a statement reads or writes, lower-cased, without schema; `all`: nobody can tell which. */
export type TouchedTables = { readonly tables: readonly string[] } | 'all'

/** What an adapter knows of its database's tables. */
export interface KnownTables<Statement> {
  /** What a statement writes, with what foreign keys, triggers and views carry that to. */
  touchedBy(statement: Statement): TouchedTables
  /**
   * The tags of what one sending writes, with what that is carried to, the database's name in front; `all`: nobody can tell.
   * Default: those of the tables that it touches.
   *
   * @param answer what it gave back, once that is known: it tells no more than the statement may do, but perhaps less
   * @param prepared what `prepare` gave for this sending, perhaps of what was known before
   */
  tagsOf?(
    execution: Execution<Statement>,
    answer: StatementAnswer | undefined,
    prepared: PreparedTags | undefined,
  ): readonly string[] | 'all'
  /** One sending is under way: what can be told of it before it is answered may be made now. */
  prepare?(execution: Execution<Statement>): PreparedTags | undefined
  /**
   * What a query has given of rows of one table; `undefined`: nothing of which anybody may ask.
   *
   * @param rows as the driver gives them
   */
  rowsRead?(execution: Execution<Statement>, rows: readonly unknown[]): OwnReads | undefined
  /** Why these are wider than its rows and columns, for people; `undefined`: they are not. */
  whyWide?(execution: Execution<Statement>, answer: StatementAnswer | undefined): string | undefined
}

/** What is made of a statement while the database works at it. */
export interface PreparedTags {
  /** All that it writes, whatever it is answered, unless that it concerned no row; `undefined`: the answer may tell. */
  readonly whole: readonly string[] | 'all' | undefined
}

interface PreparedWrite<Statement> {
  readonly known: KnownTables<Statement>
  readonly made: PreparedTags
  readonly tags: readonly string[] | undefined
}

export interface BindingParts<Statement> {
  readonly engine: Engine
  /** Stands in front of its tables' tags where a cache serves several databases. */
  readonly database: string | undefined
  /**
   * What is known of the tables by now; another object once that has changed. `undefined`: nothing yet, and then
   * whatever is written is everything.
   */
  known(): KnownTables<Statement> | undefined
  /** Why a statement that was understood touches `all`, for the event. */
  readonly unknownTable: string
}

/**
 * One database's writes, told to one cache: what a tap sees becomes tags, and tags become generations.
 *
 * The only place that turns what is read and written into tags: the two must be made of the same names.
 */
export class Binding<Statement extends TappedStatement> implements WriteObserver<Statement> {
  readonly #parts: BindingParts<Statement>
  readonly #prefix: string
  #known: KnownTables<Statement> | undefined
  /** A statement is one object as long as its text is remembered. */
  #tags = new WeakMap<Statement, readonly string[]>()
  /** Those of which a `widened` event has told. */
  readonly #explained = new WeakSet<Statement>()
  /** A session-changing statement that passed; from then on a reader without a scope cannot know whose rows it reads. */
  changedSession: string | undefined

  constructor(parts: BindingParts<Statement>) {
    this.#parts = parts
    this.#prefix = parts.database === undefined ? '' : `${parts.database}:`
  }

  /** What a read carries that depends on these tables, on whatever is in them. */
  readTags(touched: TouchedTables): readonly string[] {
    // Of a write that tells its rows and columns only the clock is in every read's way.
    return touched === 'all'
      ? [anyTable]
      : touched.tables.flatMap((table) => [this.#prefix + tableTag(table), this.#prefix + clockTag(table)])
  }

  /** What a write to these tables bumps. */
  writeTags(tables: readonly string[]): readonly string[] {
    return [
      ...tables.flatMap((table) => [this.#prefix + tableTag(table), this.#prefix + clockTag(table)]),
      anyTable,
    ]
  }

  idle(): void {
    this.#parts.engine.store.putBatch?.()
  }

  /** Never fails; what does is told when the tags are asked for. */
  prepare(execution: Execution<Statement>): PreparedWrite<Statement> | undefined {
    try {
      // The database works on the write: there is time now, and none when it is answered.
      this.#parts.engine.store.putWaiting?.()
      const known = this.#whatIsKnown()
      const made = known?.prepare?.(execution)
      if (known === undefined || made === undefined) return undefined
      return { known, made, tags: this.#toldOf(execution, known, made) }
    } catch {
      return undefined
    }
  }

  /** @returns `undefined` if more than that is to be done when it is answered */
  #toldOf(
    { statement }: Execution<Statement>,
    known: KnownTables<Statement>,
    { whole }: PreparedTags,
  ): readonly string[] | undefined {
    const { dialects, events } = this.#parts.engine
    if (whole === undefined || !dialects.areAllOne || events.has('widened')) return undefined
    return whole === 'all' ? this.#wideTagsOf(statement, known) : [...whole, anyTable]
  }

  toldBy(prepared: unknown, answer: StatementAnswer | undefined): readonly string[] | undefined {
    if (prepared === undefined || answer?.affected === 0) return undefined
    const { known, tags } = prepared as PreparedWrite<Statement>
    return known === this.#parts.known() ? tags : undefined
  }

  /** Never fails; of what does nothing is told. */
  rowsRead(execution: Execution<Statement>, rows: readonly unknown[]): OwnReads | undefined {
    try {
      return this.#whatIsKnown()?.rowsRead?.(execution, rows)
    } catch {
      return undefined
    }
  }

  /** Never fails: it is asked in the middle of a write. */
  tagsOf(execution: Execution<Statement>, answer?: StatementAnswer, prepared?: unknown): readonly string[] {
    try {
      const told = this.toldBy(prepared, answer)
      if (told !== undefined) return told
      const known = this.#whatIsKnown()
      if (known?.tagsOf === undefined) return this.#wideTagsOf(execution.statement, known)
      const made = (prepared as PreparedWrite<Statement> | undefined)?.made
      const tags = known.tagsOf(execution, answer, made)
      if (answer !== undefined && this.#parts.engine.events.has('widened'))
        this.#explain(execution, answer, known)
      if (tags === 'all') return this.#wideTagsOf(execution.statement, known)
      const { dialects, space } = this.#parts.engine
      if (!dialects.areAllOne) return [...dialects.widened(space, tags), anyTable]
      return withAnyTable(tags)
    } catch (cause) {
      return this.#failed(cause)
    }
  }

  invalidateLater(execution: Execution<Statement>, answer: StatementAnswer, prepared: unknown): boolean {
    const { writer, space, dialects, events } = this.#parts.engine
    const known = this.#whatIsKnown()
    if (known?.tagsOf === undefined || !dialects.areAllOne || events.has('widened')) return false
    const lasting = lastingValues(execution, answer)
    if (lasting === undefined) return false
    const made = (prepared as PreparedWrite<Statement> | undefined)?.made
    return writer.invalidateLater(space, () => {
      try {
        const tags = known.tagsOf!(lasting.execution, lasting.answer, made)
        // What is known by now may tell less of the same text, but not of what was known when it was carried out.
        if (tags === 'all') return this.#resolve(execution.statement, known)
        return withAnyTable(tags)
      } catch (cause) {
        return this.#failed(cause)
      }
    })
  }

  wideTagsOf(statement: Statement): readonly string[] {
    try {
      return this.#wideTagsOf(statement, this.#whatIsKnown())
    } catch (cause) {
      return this.#failed(cause)
    }
  }

  #wideTagsOf(statement: Statement, known: KnownTables<Statement> | undefined): readonly string[] {
    if (known === undefined) return [wholeSpaceTag]
    let tags = this.#tags.get(statement)
    if (tags === undefined) this.#tags.set(statement, (tags = this.#resolve(statement, known)))
    return tags
  }

  /** Once for each text. */
  #explain(execution: Execution<Statement>, answer: StatementAnswer, known: KnownTables<Statement>): void {
    const { statement } = execution
    if (this.#explained.has(statement)) return
    const reason = known.whyWide?.(execution, answer)
    if (reason === undefined) return
    this.#explained.add(statement)
    this.#parts.engine.events.emit('widened', { reason, detail: statement.sql })
  }

  #failed(cause: unknown): readonly string[] {
    this.#parts.engine.counters.failures++
    this.#parts.engine.events.emit('failure', { action: 'analyse', cause })
    return [wholeSpaceTag]
  }

  get isLocal(): boolean {
    return this.#parts.engine.store.isLocal === true
  }

  get store(): object {
    return this.#parts.engine.store
  }

  open(tags: readonly string[]): MaybePromise<Write> {
    const { writer, space } = this.#parts.engine
    return writer.open(space, tags)
  }

  unknown(tags: readonly string[], cause: unknown): MaybePromise<void> {
    const { writer, space } = this.#parts.engine
    return writer.unknown(space, tags, cause)
  }

  invalidate(tags: readonly string[], source: string, conditions?: Conditions): MaybePromise<void> {
    const { writer, space } = this.#parts.engine
    return writer.invalidate(space, tags, source, conditions)
  }

  invalidateAll(source: string): MaybePromise<void> {
    return this.invalidate([wholeSpaceTag], source)
  }

  sessionChanged(sql: string): void {
    this.changedSession ??= sql
  }

  catalogueUnknown(cause: unknown): void {
    this.#parts.engine.events.emit('widened', {
      reason: 'the database does not tell what its tables are',
      detail: String(cause),
    })
  }

  /** A model's or an entity's name becomes that of its table, for `cache.invalidate(['Post'])`. */
  nameTable(name: string, table: string): void {
    this.#parts.engine.tagNames.addAlias(name, this.#prefix + tableTag(table))
  }

  /** A table that no name stands for, for `tags: ['_PostToTag']`: what is written of it is told all the same. */
  knowTable(table: string): void {
    this.#parts.engine.tagNames.addTable(this.#prefix + tableTag(table))
  }

  #whatIsKnown(): KnownTables<Statement> | undefined {
    const known = this.#parts.known()
    if (known !== this.#known) {
      this.#known = known
      this.#tags = new WeakMap()
    }
    return known
  }

  #resolve(statement: Statement, known: KnownTables<Statement>): readonly string[] {
    const touched = known.touchedBy(statement)
    if (touched !== 'all') return this.writeTags(touched.tables)
    this.#parts.engine.events.emit('widened', {
      reason: statement.unknownReason ?? this.#parts.unknownTable,
      detail: statement.sql,
    })
    return [wholeSpaceTag]
  }
}

const withAnyTable = (tags: readonly string[]): readonly string[] =>
  withConditions([...tags, anyTable], conditionsOf(tags))

const bindings = new WeakMap<object, Map<string, Map<Engine['store'], object>>>()

/**
 * The binding of a cache to what passes a tap; one for however many clients are made alike, since an application may
 * make one per request. It ends with the cache.
 *
 * @param likeness what `make` depends on besides the tap and the cache; of one adapter, `make` always gives one class
 */
export function bindOnce<Statement, Made extends WriteObserver<Statement>>(
  observers: Observers<Statement>,
  engine: Engine,
  likeness: readonly unknown[],
  make: () => Made,
): Made {
  const text = JSON.stringify([engine.space.prefix, ...likeness])
  const byLikeness = bindings.get(observers) ?? new Map<string, Map<Engine['store'], object>>()
  bindings.set(observers, byLikeness)
  const byStore = byLikeness.get(text) ?? new Map<Engine['store'], object>()
  byLikeness.set(text, byStore)
  const existing = byStore.get(engine.store)
  if (existing !== undefined) return existing as Made
  const binding = make()
  byStore.set(engine.store, binding)
  observers.add(binding)
  const forget = () => {
    observers.delete(binding)
    byStore.delete(engine.store)
  }
  if (engine.closing.aborted) forget()
  else engine.closing.addEventListener('abort', forget, { once: true })
  return binding
}

/** Who wants to be one of the databases of a cache. */
export interface DatabaseClaim {
  /** The name that its tables' tags begin with, if it was given one. */
  readonly database: string | undefined
  /** Stands for the way to the database: the same object is the same database. */
  readonly owner: object
  /** Whether another owner is known to reach the same database. Default: it is not. */
  isSameAs?(other: object): boolean
  /** What the cache serves already, for the message. */
  readonly found: string
}

/**
 * Two databases under one name would answer for each other.
 *
 * @throws FreshetError SECOND_DATABASE
 */
export function claimDatabase(engine: Engine, claim: DatabaseClaim): void {
  const { database, owner, found } = claim
  const name = database ?? ''
  const known = engine.databases.get(name)
  if (known === undefined) engine.databases.set(name, owner)
  if (known === undefined || known === owner || database !== undefined) return
  if (claim.isSameAs?.(known) === true) return
  throw new FreshetError(
    'SECOND_DATABASE',
    `This cache already serves ${found}. If both reach the same database, give both freshet() the same option, such as { database: 'main' }; if they are two databases, give each its own name, or its own cache: cache.namespace('reports').`,
  )
}
