import type { Binding, Read, Write } from '../property/binding.js'
import { difference, outcome, type Outcome } from '../property/compare.js'
import { dialectOf } from '../property/dialect.js'
import type { OrmName } from '../property/maker.js'
import type { Database } from '../property/model.js'
import { freshetCaching } from '../property/prisma/caching.js'
import { openPrisma } from '../property/prisma/clients.js'
import type { RawWrite } from '../property/raw.js'
import { TINY } from '../property/tiny-schema.js'
import { openTypeorm } from '../property/typeorm/clients.js'
import { sharedMariaDb, sharedPostgres } from '../services/shared.js'
import { readOf, type Question } from './question.js'
import { rowsOf } from './rows.js'

/** The clients of one ORM on a database of their own, with and without a cache. */
export interface World {
  /** The rows that every test begins with, and these statements; nothing is cached. */
  start(statements: readonly string[]): Promise<void>
  /** Whether the cached answer, now, is the database's; and what it is. */
  ask(question: Question): Promise<Asked>
  /** Sends a statement through the cached client. */
  send(sql: string): Promise<void>
  write(write: Write): Promise<void>
  close(): Promise<void>
}

interface Asked {
  readonly answer: Outcome
  readonly isHit: boolean
  /** Where the cached answer is not the database's. */
  readonly difference: string | undefined
}

export async function openWorld(orm: OrmName, database: Database): Promise<World> {
  const server = await (database === 'mariadb' ? sharedMariaDb() : sharedPostgres())
  const open = orm === 'typeorm' ? openTypeorm(database) : openPrisma(freshetCaching, database)
  const binding = await open(TINY, await server.createDatabase())
  await binding.createSchema()
  return {
    start: async (statements) => {
      const { schema } = binding
      await binding.prepareDatabase([...dialectOf(schema).reset(schema, 6), ...rowsOf(schema), ...statements])
      await binding.clear()
    },
    ask: (question) => ask(binding, readOf(orm, binding.schema, question)),
    send: (sql) => binding.cached.write(raw(orm, sql)) as Promise<void>,
    write: async (write) => void (await binding.cached.write(write)),
    close: () => binding.close(),
  }
}

async function ask({ cached, plain, gate }: Binding, read: Read): Promise<Asked> {
  const before = gate.statements
  const answer = await outcome(() => cached.read(read))
  const isHit = gate.statements === before
  const truth = await outcome(() => plain.read(read))
  return { answer, isHit, difference: difference(answer, truth, read.unordered) }
}

function raw(orm: OrmName, sql: string): Write {
  const write: RawWrite = {
    kind: 'raw',
    form: 'own',
    answersRows: false,
    sql,
    values: [],
    locksOutReads: false,
  }
  return orm === 'prisma' ? write : ({ kind: 'raw', way: 'query', raw: write } as Write)
}
