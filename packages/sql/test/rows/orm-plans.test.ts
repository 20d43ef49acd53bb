import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import {
  applyWrite,
  knownColumns,
  planRead,
  planWrite,
  type SqlDialect,
  type ValueType,
} from '../../src/index.js'

interface Fixture {
  readonly dialect: SqlDialect
  readonly statements: readonly {
    readonly operation: string
    readonly sql: string
    readonly effect: string
    readonly writes: readonly string[]
  }[]
}

const integer: ValueType = { kind: 'integer', min: -1000n, max: 1000n }
const keyed = ['id', 'userId', 'teamId', 'postId', 'tagId', 'A', 'B', 'authorId', 'parentId', 'managerId']
const others =
  `email name age role meta balance createdAt updatedAt deletedAt version slug title views published
  bio body since`.split(/\s+/)
const keyOf: Readonly<Record<string, readonly string[]>> = {
  _posttotag: ['A', 'B'],
  post_tags: ['postId', 'tagId'],
}

/** What is told of a write's rows: by their key, with nothing but its parameters or with the rows that came back. */
function rowsTold(sql: string, dialect: SqlDialect, source: string): string {
  const columns = knownColumns(dialect, [
    ...keyed.map((name) => ({ name, type: integer, nullable: true, hasDefault: name === 'id' })),
    ...others.map((name) => ({ name, type: undefined, nullable: true, hasDefault: false })),
  ])
  const plan = planWrite(sql, dialect)
  if (plan.kind === 'unknown' || plan.kind === 'truncate') return plan.kind
  const isJoinModel = plan.table.name === 'order' && source.startsWith('prisma')
  const key = isJoinModel ? ['userId', 'teamId'] : (keyOf[plan.table.name] ?? ['id'])
  const parameters = Array.from({ length: 30 }, (_, index) => index)
  if (applyWrite(plan, { parameters }, columns).touched(key) !== undefined) return 'by key'
  const returned = [Object.fromEntries(keyed.map((name) => [name, 1]))]
  const write = applyWrite(plan, { parameters, returned }, columns)
  return write.touched(key) === undefined ? 'any' : 'returned'
}

const freePrisma = ['deleteMany: any', 'deleteManyLimit: any', 'deleteManyAll: any']
const freeTypeorm = ['decrement: any', 'qbUpdate: any', 'qbDelete: any', 'deleteAll: any']
const limited = ['updateMany: any', 'updateManyLimit: any', 'batchTx: any']

/** The operations of which the statement does not tell which rows of the table they change, by their primary key. */
const untold: Readonly<Record<string, readonly string[]>> = {
  'prisma-postgresql': [
    'connect: any',
    ...limited,
    'deleteInclude: any',
    ...freePrisma,
    'rawWritingCte: unknown',
  ],
  'prisma-mariadb': ['connect: any', ...limited, 'delete: any', 'deleteInclude: any', ...freePrisma],
  'prisma-sqlite': ['connect: any', ...limited, 'deleteInclude: any', ...freePrisma],
  'typeorm-postgresql': ['update: any', 'updateCriteria: any', ...freeTypeorm, 'clear: truncate'],
  'typeorm-mariadb': ['update: any', 'updateCriteria: any', ...freeTypeorm, 'clear: truncate'],
  'typeorm-mysql': [
    'update: any',
    'updateCriteria: any',
    'upsert: any',
    'upsertSkip: any',
    ...freeTypeorm,
    'clear: truncate',
  ],
  'typeorm-sqlite': [
    'update: any',
    'updateCriteria: any',
    'upsert: any',
    'upsertSkip: any',
    ...freeTypeorm,
    'clear: any',
  ],
}

describe.each(Object.keys(untold))('of every write of %s', (source) => {
  const file = new URL(`../fixtures/${source}.json`, import.meta.url)
  const { dialect, statements } = JSON.parse(readFileSync(file, 'utf8')) as Fixture
  const writes = statements.filter(({ operation, effect }) => operation !== 'setup' && effect === 'write')

  it('the rows are told, but for those chosen in another way than by their key', () => {
    const any = writes.filter(({ sql }) => !['by key', 'returned'].includes(rowsTold(sql, dialect, source)))
    expect(any.map(({ operation, sql }) => `${operation}: ${rowsTold(sql, dialect, source)}`)).toEqual(
      untold[source],
    )
  })

  it('the columns are told', () => {
    for (const { sql } of writes) {
      const plan = planWrite(sql, dialect)
      if (plan.kind === 'update') expect(plan.assignments, sql).toBeDefined()
      if (plan.kind === 'upsert') expect(plan.conflict.assignments, sql).toBeDefined()
      if (plan.kind === 'insert') expect(plan.proposed.columns, sql).toBeDefined()
    }
  })

  it('the tables of every query are told, but for UNION and WITH', () => {
    for (const { sql, effect } of statements) {
      if (effect !== 'read' || /^with|\bunion\b/i.test(sql) || !/^select/i.test(sql)) continue
      const plan = planRead(sql, dialect)
      if (plan.kind === 'unknown') expect(sql).toMatch(/FROM \w+\(/)
    }
  })
})
