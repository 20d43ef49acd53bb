import type { SqlDialect, TableName } from '@freshet/sql'
import { analyseStatement, identifierTables } from '@freshet/sql'
import type { DataSource, EntityMetadata } from 'typeorm'
import type { DeclaredTables } from '../declared.js'
import { declaredTables, tableOfEntity, tableOptionsOf } from '../declared.js'

/**
 * The tables and views of a DataSource's entities, junction and closure tables included, and those that are declared,
 * by the names that occur in SQL: lower-cased, without schema.
 */
export class KnownTables {
  readonly #dataSource: DataSource
  readonly #dialect: SqlDialect
  readonly #tables = new Set<string>()
  readonly #views = new Map<string, EntityMetadata[]>()
  /** The names in each view's definition; `undefined`: nobody can tell. */
  readonly #named = new Map<string, readonly string[] | undefined>()
  readonly #declared: DeclaredTables

  constructor(dataSource: DataSource, dialect: SqlDialect) {
    this.#dataSource = dataSource
    this.#dialect = dialect
    this.#declared = declaredTables(tableOptionsOf(dataSource), dataSource.entityMetadatas)
    for (const table of this.#declared.tables) this.#tables.add(table)
    for (const metadata of dataSource.entityMetadatas) this.#add(metadata)
  }

  /**
   * What a text reads.
   *
   * @param named its tables as far as where they stand tells them
   * @returns every known name in the text, and what the views among them read; `undefined`: nobody can tell
   */
  tablesIn(sql: string, named: readonly TableName[]): readonly string[] | undefined {
    const names = this.#namesIn(sql, named)
    return names === undefined ? undefined : this.#withViewed(names)
  }

  readonly #isKnown = (name: string): boolean => this.#tables.has(name) || this.#views.has(name)

  #add(metadata: EntityMetadata): void {
    const name = tableOfEntity(metadata)
    if (metadata.tableType !== 'view') this.#tables.add(name)
    else this.#views.set(name, [...(this.#views.get(name) ?? []), metadata])
  }

  #namesIn(sql: string, named: readonly TableName[]): readonly string[] | undefined {
    // What is not an entity may be a view of whatever.
    if (!named.every(({ name }) => this.#isKnown(name))) return undefined
    return identifierTables(sql, this.#dialect, this.#isKnown)
  }

  /** The views stay among them: a materialized one has rows of its own. */
  #withViewed(names: readonly string[]): readonly string[] | undefined {
    const tables = new Set(names)
    // A Set hands out what is added while it is walked, so views of views come in turn.
    for (const name of tables) {
      const declared = this.#declared.sourcesOf(name)
      // What is declared is enough where a view's definition is not understood.
      const viewed = this.#views.has(name) ? (this.#namedByViews(name) ?? declared) : noNames
      if (viewed === undefined) return undefined
      for (const table of [...viewed, ...(declared ?? noNames)]) tables.add(table)
    }
    return [...tables]
  }

  #namedByViews(name: string): readonly string[] | undefined {
    if (this.#named.has(name)) return this.#named.get(name)
    // Without their schemas, several views may have one name.
    const all = (this.#views.get(name) ?? []).map((view) => this.#namedBy(view))
    const names = all.every((one) => one !== undefined) ? all.flat() : undefined
    this.#named.set(name, names)
    return names
  }

  #namedBy(view: EntityMetadata): readonly string[] | undefined {
    const sql = definitionOf(view, this.#dataSource)
    if (sql === undefined) return undefined
    const analysis = analyseStatement(sql, this.#dialect)
    if (analysis.kind === 'unknown' || analysis.calls.length > 0) return undefined
    return this.#namesIn(sql, analysis.readTables)
  }
}

const noNames: readonly string[] = Object.freeze([])

/** `undefined` if there is none, or if its builder fails. */
function definitionOf({ expression }: EntityMetadata, dataSource: DataSource): string | undefined {
  try {
    return typeof expression === 'function' ? expression(dataSource).getQuery() : expression
  } catch {
    return undefined
  }
}
