import type { Engine } from '@freshet/core/adapter'
import { Binding as TableBinding, bindOnce, claimDatabase } from '@freshet/core/adapter'
import type { Catalogue, Statement } from '@freshet/sql'
import { createLiveGraph } from '@freshet/sql'
import { dialectOf } from './client/prisma-client.js'
import type { DependsOn } from './dependencies/depends-on.js'
import { tableGraphOf } from './dependencies/write-closure.js'
import type { SchemaPrecision } from './precision/schema-precision.js'
import { createSchemaPrecision } from './precision/schema-precision.js'
import type { PrecisionOptions } from './precision/table-precision.js'
import type { DataModel } from './schema/data-model.js'
import type { Tap } from './tap/tap.js'

/** What a binding is made of, besides the tap and the cache. */
export interface BindingOptions {
  readonly dependsOn: DependsOn | undefined
  readonly database: string | undefined
  readonly precision: PrecisionOptions
}

/** One Prisma schema's tables, bound to one cache. */
export class Binding extends TableBinding<Statement> {
  readonly #known: () => SchemaPrecision

  constructor(tap: Tap, engine: Engine, dataModel: DataModel, options: BindingOptions) {
    const known = precisionsOf(tap, engine, dataModel, options)
    super({
      engine,
      database: options.database,
      known: () => known().writes,
      unknownTable: 'it writes what the Prisma schema does not know',
    })
    const { failure } = tap.catalogue
    if (failure !== undefined) this.catalogueUnknown(failure)
    this.#known = known
    // Reads and writes of wrong options must not find out one by one.
    known()
    for (const { name, table } of dataModel.models.values()) this.nameTable(name, table)
    for (const table of dataModel.tables) this.knowTable(table)
  }

  /** What is told apart by now; another object once the database's definitions have changed. */
  get precision(): SchemaPrecision {
    return this.#known()
  }
}

/**
 * The binding of a cache to what passes a tap; one for however many clients are extended alike.
 *
 * @throws FreshetError SECOND_DATABASE, INVALID_OPTION for an unknown name in `dependsOn` or `models`
 */
export function bind(tap: Tap, engine: Engine, dataModel: DataModel, options: BindingOptions): Binding {
  const { factory, observers } = tap
  const { database, dependsOn, precision } = options
  const found = `a client with another driver adapter (${factory.adapterName})`
  claimDatabase(engine, { database, owner: factory, found })
  return bindOnce(
    observers,
    engine,
    [dataModel.schemaHash, dependsOn, database, precision],
    () => new Binding(tap, engine, dataModel, options),
  )
}

function precisionsOf(
  tap: Tap,
  engine: Engine,
  dataModel: DataModel,
  { dependsOn, database, precision }: BindingOptions,
): () => SchemaPrecision {
  const prefix = database === undefined ? '' : `${database}:`
  const options = {
    dialect: dialectOf(tap.factory),
    dependsOn,
    precision,
    prefix,
    seed: `${engine.space.prefix}|${prefix}`,
  }
  const graphNow = createLiveGraph(tableGraphOf(dataModel, { dependsOn }), tap.catalogue)
  const speaker = {}
  let madeOf: Catalogue | undefined
  let made: SchemaPrecision | undefined
  return () => {
    const catalogue = tap.catalogue.current
    if (made === undefined || catalogue !== madeOf) {
      const next = createSchemaPrecision(dataModel, catalogue, { ...options, graph: graphNow() })
      // Before anything is read or written by it.
      engine.dialects.speak(engine.space, speaker, () => next.dialects())
      made = next
      madeOf = catalogue
    }
    return made
  }
}
