import { PrismaBetterSqlite3 } from '@prisma/adapter-better-sqlite3'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { createReadDependencies } from '../../src/dependencies/read-dependencies.js'
import { readDataModel } from '../../src/schema/read-data-model.js'
import { observe } from '../fixtures/observed-adapter.js'
import { fixture, sqliteSchema } from '../fixtures/schemas.js'
import { createSqliteFile } from '../fixtures/sqlite.js'
import { PrismaClient } from '../generated/client/client.js'
import { anyRead } from './any-read.js'
import { type ReadShape, readShapes } from './read-shapes.js'

const dataModel = readDataModel({ inlineSchema: sqliteSchema })
const dependsOn = { AuthorStats: ['User', 'Post'] }
const dependenciesOf = createReadDependencies(dataModel, { dependsOn })

const file = createSqliteFile()
file.database.exec(fixture('seed.sql'))
const statements: string[] = []
const adapter = observe(new PrismaBetterSqlite3({ url: file.url }), (sql) => statements.push(sql))
const client = new PrismaClient({ adapter })

afterAll(async () => {
  await client.$disconnect()
  file.remove()
})

type Delegate = Record<string, (args: unknown) => Promise<unknown>>

async function tablesSeen([model, operation, args]: ReadShape): Promise<string[]> {
  const delegate = Reflect.get(client, model.charAt(0).toLowerCase() + model.slice(1)) as Delegate
  statements.length = 0
  await delegate[operation]!(args)
  const names = statements.flatMap((sql) =>
    [...sql.matchAll(/`main`\.`([^`]+)`/g)].map(([, table = '']) => table),
  )
  return [...new Set(names.map((name) => name.toLowerCase()))].sort()
}

function predicted([model, operation, args]: ReadShape): readonly string[] {
  const dependencies = dependenciesOf(model, operation, args)
  return dependencies === 'all' ? ['all'] : dependencies.tables
}

test.each(readShapes.map((shape) => [JSON.stringify(shape), shape] as const))(
  'the tables in the SQL of %s are among the predicted ones',
  async (_, shape) => {
    const seen = await tablesSeen(shape)
    expect(seen.length).toBeGreaterThan(0)
    expect(predicted(shape)).toEqual(expect.arrayContaining(seen))
  },
)

test('the tables in the SQL of any read are among the predicted ones', { timeout: 60_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(anyRead(dataModel), async (shape) => {
      expect(predicted(shape)).toEqual(expect.arrayContaining(await tablesSeen(shape)))
    }),
    { numRuns: 300 },
  )
})
