import { FreshetError } from '@freshet/core'
import type { Engine, MaybePromise, Write, WriteObserver } from '@freshet/core/adapter'
import { clockTag, tableTag, wholeSpaceTag } from '@freshet/core/adapter'
import type { Statement, TableSet, WriteClosure } from '@freshet/sql'
import type { DependsOn } from './dependencies/depends-on.js'
import { createWriteClosure } from './dependencies/write-closure.js'
import type { DataModel } from './schema/data-model.js'
import type { Tap } from './tap/tap.js'

/** Bumped by every write: carried by reads of which nobody can tell what they depend on. */
const anyTable = '*'

/** A database's name in front of its tables' tags, where a cache serves several. */
const prefixOf = (database: string | undefined): string => (database === undefined ? '' : `${database}:`)

/**
 * One database's writes, told to one cache: what the tap sees becomes tags, and tags become generations.
 */
export class Binding implements WriteObserver<Statement> {
  readonly #engine: Engine
  readonly #closure: WriteClosure
  readonly #prefix: string
  /** A statement is one object as long as the classifier remembers it. */
  readonly #tags = new WeakMap<Statement, readonly string[]>()
  /** A session-changing statement that passed; from then on a client without a scope cannot know whose rows it reads. */
  changedSession: string | undefined

  constructor(
    engine: Engine,
    dataModel: DataModel,
    dependsOn: DependsOn | undefined,
    database: string | undefined,
  ) {
    this.#engine = engine
    this.#closure = createWriteClosure(dataModel, { dependsOn })
    this.#prefix = prefixOf(database)
    this.#nameTables(dataModel)
  }

  /** What a read carries that depends on these tables. */
  readTags(tables: TableSet): readonly string[] {
    if (tables === 'all') return [anyTable]
    return tables.tables.map((table) => this.#prefix + tableTag(table))
  }

  tagsOf(statement: Statement): readonly string[] {
    let tags = this.#tags.get(statement)
    if (tags === undefined) this.#tags.set(statement, (tags = this.#resolve(statement)))
    return tags
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

  /** The tags of one model's table, for `invalidateCache()`. */
  writeTags(tables: readonly string[]): readonly string[] {
    return [
      ...tables.flatMap((table) => [this.#prefix + tableTag(table), this.#prefix + clockTag(table)]),
      anyTable,
    ]
  }

  #resolve(statement: Statement): readonly string[] {
    const touched = this.#touched(statement)
    if (touched !== 'all') return this.writeTags(touched.tables)
    this.#engine.events.emit('widened', {
      reason: statement.unknownReason ?? 'it writes what the Prisma schema does not know',
      detail: statement.sql,
    })
    return [wholeSpaceTag]
  }

  #touched(statement: Statement): TableSet {
    try {
      return this.#closure(statement.writes)
    } catch (cause) {
      this.#engine.events.emit('failure', { action: 'analyse', cause })
      return 'all'
    }
  }

  #nameTables(dataModel: DataModel): void {
    for (const model of dataModel.models.values()) {
      this.#engine.tagNames.addAlias(model.name, this.#prefix + tableTag(model.table))
    }
  }
}

interface Bound {
  readonly binding: Binding
  readonly likeness: string
}

const bindings = new WeakMap<Tap, Map<Engine['store'], Bound[]>>()

/**
 * The binding of a cache to what passes a tap; one for however many clients are extended alike, since an
 * application may extend a client per request.
 *
 * @throws FreshetError SECOND_DATABASE
 */
export function bind(
  tap: Tap,
  engine: Engine,
  dataModel: DataModel,
  dependsOn: DependsOn | undefined,
  database: string | undefined,
): Binding {
  claimDatabase(engine, tap, database)
  const likeness = JSON.stringify([engine.space.prefix, dataModel.schemaHash, dependsOn, database])
  const byStore = bindings.get(tap) ?? new Map<Engine['store'], Bound[]>()
  bindings.set(tap, byStore)
  const bounds = byStore.get(engine.store) ?? []
  byStore.set(engine.store, bounds)
  const existing = bounds.find((bound) => bound.likeness === likeness)
  if (existing !== undefined) return existing.binding
  const binding = new Binding(engine, dataModel, dependsOn, database)
  bounds.push({ binding, likeness })
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
function claimDatabase(engine: Engine, tap: Tap, database: string | undefined): void {
  const name = database ?? ''
  const owner = engine.databases.get(name)
  if (owner === undefined) engine.databases.set(name, tap.factory)
  if (owner === undefined || owner === tap.factory || database !== undefined) return
  throw new FreshetError(
    'SECOND_DATABASE',
    `This cache already serves a client with another driver adapter (${tap.factory.adapterName}). If both reach the same database, give both freshet() the same option, such as { database: 'main' }; if they are two databases, give each its own name, or its own cache: cache.namespace('reports').`,
  )
}
