import { FreshetError } from '@freshet/core'
import type { Engine, MaybePromise, Write, WriteObserver } from '@freshet/core/adapter'
import { clockTag, tableTag, wholeSpaceTag } from '@freshet/core/adapter'
import type { Statement, TableSet, WriteClosure } from '@freshet/sql'
import { createWriteClosure } from '@freshet/sql'
import type { DataSource } from 'typeorm'
import type { DependsOn, ResolvedOptions } from './options.js'
import { tableGraphOf, tableOfEntity } from './schema.js'
import type { Tap } from './tap/tap.js'

/** Bumped by every write: carried by reads of which nobody can tell what they depend on. */
const anyTable = '*'

/** A database's name in front of its tables' tags, where a cache serves several. */
const prefixOf = (database: string | undefined): string => (database === undefined ? '' : `${database}:`)

/** What follows from a DataSource's entities, as long as they are the same. */
interface Known {
  readonly metadatas: DataSource['entityMetadatas']
  readonly closure: WriteClosure
  /** A statement is one object as long as the classifier remembers it. */
  readonly tags: WeakMap<Statement, readonly string[]>
}

/**
 * One database's writes, told to one cache: what the tap sees becomes tags, and tags become generations.
 *
 * The entities are there only after `initialize()` has built them; until then whatever is written is everything.
 */
export class Binding implements WriteObserver<Statement> {
  readonly #engine: Engine
  readonly #dataSource: DataSource
  readonly #dependsOn: DependsOn
  readonly #prefix: string
  #known: Known | undefined
  /** A session-changing statement that passed; from then on a reader without a scope cannot know whose rows it reads. */
  changedSession: string | undefined

  constructor(dataSource: DataSource, { engine, dependsOn, database }: ResolvedOptions) {
    this.#engine = engine
    this.#dataSource = dataSource
    this.#dependsOn = dependsOn
    this.#prefix = prefixOf(database)
  }

  /** What a read carries that depends on these tables; `undefined`: nobody can tell which. */
  readTags(tables: readonly string[] | undefined): readonly string[] {
    if (tables === undefined) return [anyTable]
    return tables.map((table) => this.#prefix + tableTag(table))
  }

  /** What a write to these tables bumps. */
  writeTags(tables: readonly string[]): readonly string[] {
    return [
      ...tables.flatMap((table) => [this.#prefix + tableTag(table), this.#prefix + clockTag(table)]),
      anyTable,
    ]
  }

  /** Never fails: it is asked in the middle of a write. */
  tagsOf(statement: Statement): readonly string[] {
    try {
      const known = this.#whatIsKnown()
      if (known === undefined) return [wholeSpaceTag]
      let tags = known.tags.get(statement)
      if (tags === undefined) known.tags.set(statement, (tags = this.#resolve(statement, known)))
      return tags
    } catch (cause) {
      this.#engine.counters.failures++
      this.#engine.events.emit('failure', { action: 'analyse', cause })
      return [wholeSpaceTag]
    }
  }

  open(tags: readonly string[]): MaybePromise<Write> {
    return this.#engine.writer.open(this.#engine.space, tags)
  }

  invalidate(tags: readonly string[], source: string): MaybePromise<void> {
    return this.#engine.writer.invalidate(this.#engine.space, tags, source)
  }

  invalidateAll(source: string): MaybePromise<void> {
    return this.invalidate([wholeSpaceTag], source)
  }

  sessionChanged(sql: string): void {
    this.changedSession ??= sql
  }

  /** Names of entities become names of their tables, for `cache.invalidate(['Post'])`. */
  nameTables(): void {
    for (const metadata of this.#dataSource.entityMetadatas) {
      this.#engine.tagNames.addAlias(metadata.name, this.#prefix + tableTag(tableOfEntity(metadata)))
    }
  }

  #whatIsKnown(): Known | undefined {
    const metadatas = this.#dataSource.entityMetadatas
    // Initializing again builds them anew.
    if (this.#known?.metadatas === metadatas) return this.#known
    if (metadatas.length === 0) return undefined
    const closure = createWriteClosure(tableGraphOf(this.#dataSource, this.#dependsOn))
    return (this.#known = { metadatas, closure, tags: new WeakMap() })
  }

  #resolve(statement: Statement, { closure }: Known): readonly string[] {
    const touched: TableSet = closure(statement.writes)
    if (touched !== 'all') return this.writeTags(touched.tables)
    this.#engine.events.emit('widened', {
      reason: statement.unknownReason ?? 'it writes a table that is no entity’s',
      detail: statement.sql,
    })
    return [wholeSpaceTag]
  }
}

const bindings = new WeakMap<Tap, Map<string, Map<Engine['store'], Binding>>>()

/**
 * The binding of a cache to what passes a tap; one however often `setOptions()` names the same cache. It ends with the
 * cache, not with the option: other DataSources may answer from it.
 *
 * @throws FreshetError SECOND_DATABASE
 */
export function bind(tap: Tap, dataSource: DataSource, options: ResolvedOptions): Binding {
  const { engine, dependsOn, database } = options
  claimDatabase(dataSource, engine, database)
  const likeness = JSON.stringify([engine.space.prefix, dependsOn, database])
  const byLikeness = bindings.get(tap) ?? new Map<string, Map<Engine['store'], Binding>>()
  bindings.set(tap, byLikeness)
  const byStore = byLikeness.get(likeness) ?? new Map<Engine['store'], Binding>()
  byLikeness.set(likeness, byStore)
  const existing = byStore.get(engine.store)
  if (existing !== undefined) return existing
  const binding = new Binding(dataSource, options)
  byStore.set(engine.store, binding)
  tap.observe(binding)
  const forget = () => {
    tap.forget(binding)
    byStore.delete(engine.store)
  }
  if (engine.closing.aborted) forget()
  else engine.closing.addEventListener('abort', forget, { once: true })
  return binding
}

/** Two databases under one name would answer for each other. */
function claimDatabase(dataSource: DataSource, engine: Engine, database: string | undefined): void {
  const name = database ?? ''
  const owner = engine.databases.get(name)
  if (owner === undefined) engine.databases.set(name, dataSource)
  if (owner === undefined || owner === dataSource || database !== undefined) return
  if (isSameDatabase(owner, dataSource)) return
  throw new FreshetError(
    'SECOND_DATABASE',
    `This cache already serves another client or DataSource, and it is not known to be of the database that this one (${dataSource.options.type}) names in its options. If both reach the same database, give both freshet() the same option, such as { database: 'main' }; if they are two databases, give each its own name, or its own cache: cache.namespace('reports').`,
  )
}

const addressOptions = [
  'type',
  'url',
  'host',
  'port',
  'socketPath',
  'database',
  'schema',
  'replication',
] as const

/** A DataSource is made anew by tests, hot reloads and command lines; its options then name the same place. */
function isSameDatabase(owner: object, dataSource: DataSource): boolean {
  const [one, other] = [owner, dataSource].map(addressOf)
  return one !== undefined && one === other
}

function addressOf(owner: object): string | undefined {
  const options = (owner as Partial<DataSource>).options as Readonly<Record<string, unknown>> | undefined
  // Every in-memory database is one of its own.
  if (options === undefined || options['database'] === ':memory:' || options['database'] === '')
    return undefined
  return JSON.stringify(addressOptions.map((name) => options[name] ?? null))
}
