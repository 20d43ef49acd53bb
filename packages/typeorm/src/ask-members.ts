import { LoadContext } from '@freshet/core/adapter'
import type { DataSource } from 'typeorm'
import type { MembersQuery, ValueOfJoined } from './precision/members.js'
import type { SchemaPrecision } from './precision/schema-precision.js'
import type { FreshetState } from './state.js'

/** Asks in the background which rows an answer is made of that shows none of them. @param queriesOf what would have to be asked */
export function askMembers(
  { engine, load }: FreshetState,
  dataSource: DataSource,
  queriesOf: (valueOf: ValueOfJoined) => readonly MembersQuery[],
  precision: SchemaPrecision,
): void {
  const { judge } = precision
  const { sets } = engine.store
  // Nobody would ask for what comes of it: answers are told apart by scopes, too.
  if (sets === undefined || judge.wantedSets === undefined) return
  // What waits to be stored is stored for them: only where somebody asks.
  const valueOf: ValueOfJoined = (joined, parameters) => judge.joinedValue(joined, parameters, sets.answers())
  for (const query of queriesOf(valueOf)) {
    const loadSet = async () => {
      const context = new LoadContext(engine.closing, engine.tagNames)
      const rows = await load(() => rowsOf(dataSource, query.sql), context, precision)
      return context.mayStore ? query.setOf(rows) : undefined
    }
    engine.reader.askSet(engine.space, { ...query, load: loadSet })
  }
}

async function rowsOf(dataSource: DataSource, sql: string): Promise<unknown> {
  const runner = dataSource.createQueryRunner('master')
  try {
    return (await runner.query(sql)) as unknown
  } finally {
    await runner.release()
  }
}
