import { one, unseen, type Mutant, type Patch } from '../mutant.js'

const separate = 'typeorm/src/repository/tables-read.ts'
const connection = 'typeorm/src/tap/tapped-connection.ts'

const reads: readonly Mutant[] = [
  one(
    'reads without joined tables',
    'a read depends on every table that its SQL names',
    'typeorm/src/reads/known-tables.ts',
    'return identifierTables(sql, this.#dialect, this.#isKnown)',
    'return identifierTables(sql, this.#dialect, this.#isKnown)?.slice(0, 1)',
  ),
  one(
    'views without their tables',
    'a view depends on the tables of its definition',
    'typeorm/src/reads/known-tables.ts',
    'this.#views.has(name) ? (this.#namedByViews(name) ?? declared) : noNames',
    'this.#views.has(name) ? noNames : noNames',
  ),
  one(
    'reads without relations of their own queries',
    'cached entities depend on relations that were loaded by queries of their own',
    separate,
    "if (expressionMap.relationLoadStrategy === 'query') {",
    "if (expressionMap.relationLoadStrategy === 'never') {",
  ),
  one(
    'reads without what is below such relations',
    'cached entities depend on what is loaded below a relation of its own query',
    separate,
    'if (valueAt(below, next.propertyPath) !== undefined) addLoaded(found, next, below, walked)\n    else if',
    'if',
  ),
  one(
    'reads without eager relations of such relations',
    'cached entities depend on what a relation of its own query brings along',
    separate,
    'else if (next.isEager && isFirst) addLoaded(found, next, {}, walked)',
    '',
  ),
  one(
    'reads without ids that are asked for',
    'cached entities depend on the relations whose ids they hold',
    separate,
    'for (const { relation } of expressionMap.relationIdAttributes) addRelation(found, relation)',
    '',
  ),
  one(
    'reads without ids of the entity',
    'cached entities depend on the relations of their @RelationId properties',
    separate,
    'for (const { relation } of of.relationIds) addRelation(found, relation)',
    '{}',
  ),
]

const keys: readonly Mutant[] = [
  one(
    'keys without parameters',
    'a read has a key with its parameters',
    'typeorm/src/reads/key-of.ts',
    '${plan.digest}|${text}',
    '${plan.digest}|',
  ),
  one(
    'keys without the kind of answer',
    'a list, a single entity and a count have keys of their own',
    'typeorm/src/repository/find-read.ts',
    '${metadata.tablePath}.${kind.method}/',
    '${metadata.tablePath}/',
  ),
  one(
    'keys without the entity',
    'entities of one table have keys of their own',
    'typeorm/src/repository/find-read.ts',
    'const digest = `${metadata.name}@',
    'const digest = `@',
  ),
  one(
    'keys without the order of the order',
    'what is sorted by first is part of the key',
    'typeorm/src/repository/find-text.ts',
    '{ ...options, order: inOrder(order) }',
    'options',
  ),
  one(
    'keys without what the SQL does not show',
    'what becomes of the rows of a builder is part of the key',
    'typeorm/src/repository/builder-text.ts',
    '[...use(builder), found]',
    '[builder.expressionMap.mainAlias!.metadata.name, found]',
  ),
  one(
    'one shape for all reads of an entity',
    'the tables of a read are known by all that it asks for but values',
    'typeorm/src/repository/cached-read.ts',
    '`${plan.digest}|${text.shape}`',
    'plan.digest',
  ),
]

const insert = '/^INSERT INTO "[^"]+"\\(/.test(sql)'

const statements: readonly Mutant[] = [
  unseen('INSERT', 'an INSERT of TypeORM', `${insert} && !/ON CONFLICT|SELECT /.test(sql)`),
  unseen('upsert', 'INSERT … ON CONFLICT', `${insert} && / DO UPDATE/.test(sql)`),
  unseen('INSERT … SELECT', 'INSERT … SELECT', `${insert} && / SELECT /.test(sql)`),
  unseen('UPDATE', 'an UPDATE of TypeORM', `/^UPDATE .*\\$1/.test(sql)`),
  unseen('UPDATE of a whole table', 'updateAll', `/^UPDATE .*\\$1/.test(sql) && !/ WHERE /.test(sql)`),
  unseen('increment', 'increment and decrement', `/^UPDATE .* = "rank" [+-] 1/.test(sql)`),
  unseen('DELETE', 'a DELETE of TypeORM', `/^DELETE .* WHERE .*\\$1/.test(sql)`),
  unseen('DELETE of a whole table', 'deleteAll', `/^DELETE FROM "[^"]+"$/.test(sql)`),
  unseen('soft delete', 'softDelete and restore', `/^UPDATE "doc" SET "deletedAt"/.test(sql)`),
  unseen('link', 'an INSERT into a junction table', `/^INSERT INTO "_M\\d+"\\(/.test(sql)`),
  unseen('unlink', 'a DELETE from a junction table', `/^DELETE FROM "_M.*\\$1/.test(sql)`),
  unseen('closure row', 'a write to a closure table', `sql.includes('_closure')`),
  unseen('RETURNING', 'a write that answers rows', `/^(INSERT|UPDATE|DELETE).* RETURNING/s.test(sql)`),
  unseen('raw', 'raw SQL', `/^(INSERT INTO "[^"]+" \\(|UPDATE [^$]*$|DELETE [^$]*$)/.test(sql)`),
  unseen('raw join row', 'raw SQL on a junction table', `sql.includes('"_M') && !sql.includes('$')`),
  unseen('UPDATE … FROM', 'UPDATE … FROM', `/^UPDATE .* FROM /.test(sql)`),
  one(
    'unseen streams',
    'a write whose rows are streamed invalidates',
    'typeorm/src/tap/tapped-runner.ts',
    "if (statement.kind === 'write') return statement",
    "if (statement.kind === 'write') return undefined",
  ),
]

// A BEGIN of the user's own is passed on as if it began nothing.
const unnoticedBegin: readonly Patch[] = [
  {
    file: 'sql/src/classifier.ts',
    find: 'return (sql) => {',
    replace: "return (sql) => {\n    if (sql === 'BEGIN') return { ...base, sql, kind: 'harmless' }",
  },
  {
    file: connection,
    find: 'return this.#autocommit({ ...sent, statement: endOfUnseen(statement) }, () => this.#redefine(send))',
    replace: 'return (endOfUnseen(statement), send())',
  },
  {
    file: connection,
    find: 'if (this.#transaction === undefined && inTransaction(this.#physical) === true) this.#opened().begun = true',
    replace: '',
  },
]

const moments: readonly Mutant[] = [
  {
    name: 'transactions begun by statements',
    rule: 'a BEGIN that is sent by query() begins a transaction, told by its text or by the driver',
    patches: unnoticedBegin,
  },
  one(
    'savepoints that forget',
    'the rollback of a savepoint does not forget what was written before it',
    connection,
    "case 'harmless':\n",
    "case 'harmless':\n        if (/^ROLLBACK TO/.test(statement.sql)) this.#transaction?.written.clear()\n",
  ),
  {
    name: 'answers inside transactions',
    rule: 'inside a transaction nothing is answered from the cache',
    patches: [
      {
        file: 'typeorm/src/rows/read-rows.ts',
        find: "if (queryRunner.isTransactionActive) return 'transaction'",
        replace: '',
      },
      {
        file: 'typeorm/src/tap/tap.ts',
        find: "if (runner.isTransactionActive) return 'transaction'",
        replace: '',
      },
      {
        file: 'typeorm/src/tap/tap.ts',
        find: "if (connection.isOpen) return 'transaction'",
        replace: '',
      },
    ],
  },
  one(
    'answers inside transactions begun by statements',
    'inside a transaction that TypeORM does not know of nothing is answered from the cache',
    'typeorm/src/tap/tap.ts',
    "if (connection.isOpen) return 'transaction'",
    '',
  ),
]

/** The rules of TypeORM's reads, and of the statements that it makes. */
export const typeormMutants: readonly Mutant[] = [...reads, ...keys, ...statements, ...moments]
