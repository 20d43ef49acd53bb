import type { Engine, KnownTables } from '@freshet/core/adapter'
import { Binding as TableBinding, bindOnce, claimDatabase } from '@freshet/core/adapter'
import type { Statement, TableGraph } from '@freshet/sql'
import { createLiveGraph, createWriteClosure } from '@freshet/sql'
import type { DependsOn } from './dependencies/depends-on.js'
import { tableGraphOf } from './dependencies/write-closure.js'
import type { DataModel } from './schema/data-model.js'
import type { Tap } from './tap/tap.js'

/** One Prisma schema's tables, bound to one cache. */
export type Binding = TableBinding<Statement>

/**
 * The binding of a cache to what passes a tap; one for however many clients are extended alike.
 *
 * @throws FreshetError SECOND_DATABASE, INVALID_OPTION for an unknown name in `dependsOn`
 */
export function bind(
  tap: Tap,
  engine: Engine,
  dataModel: DataModel,
  dependsOn: DependsOn | undefined,
  database: string | undefined,
): Binding {
  const { factory, observers } = tap
  const found = `a client with another driver adapter (${factory.adapterName})`
  claimDatabase(engine, { database, owner: factory, found })
  return bindOnce(observers, engine, [dataModel.schemaHash, dependsOn, database], () =>
    createBinding(tap, engine, dataModel, dependsOn, database),
  )
}

function createBinding(
  { catalogue }: Tap,
  engine: Engine,
  dataModel: DataModel,
  dependsOn: DependsOn | undefined,
  database: string | undefined,
): Binding {
  const binding = new TableBinding<Statement>({
    engine,
    database,
    known: createKnown(createLiveGraph(tableGraphOf(dataModel, { dependsOn }), catalogue)),
    unknownTable: 'it writes what the Prisma schema does not know',
  })
  if (catalogue.failure !== undefined) binding.catalogueUnknown(catalogue.failure)
  for (const { name, table } of dataModel.models.values()) binding.nameTable(name, table)
  return binding
}

function createKnown(graphNow: () => TableGraph): () => KnownTables<Statement> {
  let graph: TableGraph | undefined
  let known: KnownTables<Statement>
  return () => {
    const now = graphNow()
    if (now === graph) return known
    graph = now
    const closure = createWriteClosure(now)
    return (known = { touchedBy: ({ writes }) => closure(writes) })
  }
}
