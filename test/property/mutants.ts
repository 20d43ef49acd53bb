/** One rule of the sources taken out: in each file `find` stands exactly once and gives way to `replace`. */
export interface Mutant {
  readonly name: string
  /** The rule that is missing. */
  readonly rule: string
  readonly patches: readonly Patch[]
}

interface Patch {
  /** From `packages/`. */
  readonly file: string
  readonly find: string
  readonly replace: string
}

const walk = 'prisma/src/dependencies/read-walk.ts'
const closure = 'sql/src/write-closure.ts'
const hook = 'prisma/src/client/read-hook.ts'
const tapped = 'core/src/tapped-writes.ts'
const transaction = 'core/src/transaction-writes.ts'
const classifier = 'sql/src/classifier.ts'

const one = (name: string, rule: string, file: string, find: string, replace: string): Mutant => ({
  name,
  rule,
  patches: [{ file, find, replace }],
})

/** Statements for which `condition` (over `sql`) holds are taken for reads. */
const unseen = (name: string, rule: string, condition: string): Mutant =>
  one(
    `unseen ${name}`,
    `${rule} invalidates`,
    classifier,
    'return (sql) => {',
    `return (sql) => {\n    if (${condition}) return { ...base, sql, kind: 'read' }`,
  )

const reads: readonly Mutant[] = [
  one(
    'reads without selected relations',
    'a read depends on the relations in include and select',
    walk,
    'return follow(relation, met) && walkSelected(',
    'return walkSelected(',
  ),
  one(
    'reads without what is nested in selected relations',
    'a read depends on what the arguments of a selected relation reach',
    walk,
    'return value === true || walkQuery(value, target, met)',
    'return target !== undefined',
  ),
  one(
    'reads without filtered relations',
    'a read depends on the relations in where',
    walk,
    'return follow(relation, met) && walkRelationFilter(',
    'return walkRelationFilter(',
  ),
  one(
    'reads without relations filtered inside relations',
    'a read depends on the relations that a relation filter reaches',
    walk,
    'return walkWhere(value, target, met)',
    'return true',
  ),
  one(
    'reads without AND, OR and NOT',
    'a read depends on the relations under AND, OR and NOT',
    walk,
    'return eachItem(value, (item) => walkWhere(item, plan, met))',
    'return true',
  ),
  one(
    'reads without sorting relations',
    'a read depends on the relations in orderBy',
    walk,
    'return follow(relation, met) && walkOrder(',
    'return walkOrder(',
  ),
  one(
    'reads without counted relations',
    'a read depends on the relations in _count',
    walk,
    "return key === 'select' && walkSelection(value, plan, met)",
    "return key === 'select'",
  ),
  one(
    'reads without join tables',
    'a read through a many-to-many relation depends on its join table',
    walk,
    'if (joinTable !== undefined) add(joinTable, met)',
    '',
  ),
  {
    name: 'views without their tables',
    rule: 'a view depends on what dependsOn declares, told by the read or by the write',
    patches: [
      {
        file: 'prisma/src/dependencies/read-plan.ts',
        find: 'for (const source of sources ?? []) tables.add(source)',
        replace: '',
      },
      { file: closure, find: 'pending.push(...declaredBy(change.table, schema))', replace: '{}' },
    ],
  },
]

const keys: readonly Mutant[] = [
  one(
    'keys without the fluent path',
    'a fluent call has a key of its own',
    hook,
    'dataPath.length === 0 ?',
    'dataPath.length >= 0 ?',
  ),
  one(
    'keys without the operation',
    'an operation has keys of its own',
    hook,
    'const text = argumentsKey(args)',
    "const text = argumentsKey(args)?.concat('')\n    call = { ...call, operation: 'any' }",
  ),
  one(
    'shared objects',
    'an answer belongs to its caller alone',
    'core/src/read.ts',
    '? copyOut(master, plan)',
    '? master',
  ),
]

const cascades: readonly Mutant[] = [
  one(
    'deletes without CASCADE',
    'a delete touches the tables that CASCADE carries it to',
    closure,
    'return travels(key.onDelete) ?',
    "return travels(key.onDelete) && key.onDelete !== 'Cascade' ?",
  ),
  one(
    'deletes without SET NULL',
    'a delete touches the tables whose keys it sets to null',
    closure,
    'return travels(key.onDelete) ?',
    "return travels(key.onDelete) && key.onDelete !== 'SetNull' ?",
  ),
  one(
    'deletes without SET DEFAULT',
    'a delete touches the tables whose keys it sets to their default',
    closure,
    'return travels(key.onDelete) ?',
    "return travels(key.onDelete) && key.onDelete !== 'SetDefault' ?",
  ),
  one(
    'no default of SET NULL',
    'an optional relation with nothing written sets null',
    'prisma/src/schema/relations.ts',
    "return required ? 'Restrict' : 'SetNull'",
    "return 'Restrict'",
  ),
  one(
    'cascades one step deep',
    'a cascade goes on from the table that it reached',
    closure,
    'if (next !== undefined) pending.push(next)',
    'if (next !== undefined) tables.add(next.table)',
  ),
  one(
    'updates of keys without CASCADE',
    'an update of a referenced column touches the tables that reference it',
    closure,
    'return travels(key.onUpdate) && concerns(change.columns, key) ?',
    'return travels(key.onUpdate) && change.columns === undefined ?',
  ),
  one(
    'TRUNCATE without CASCADE',
    'TRUNCATE touches every table that references the truncated one',
    closure,
    "return { kind: 'truncate', table: key.child }",
    'return undefined',
  ),
]

const own = `sql.includes('"public"."')`

const statements: readonly Mutant[] = [
  unseen('INSERT', "Prisma's INSERT", `${own} && /^INSERT(?!.* DO UPDATE)/s.test(sql)`),
  unseen('upsert', "Prisma's INSERT … ON CONFLICT DO UPDATE", `${own} && /^INSERT.* DO UPDATE/s.test(sql)`),
  unseen('UPDATE', "Prisma's UPDATE", `${own} && /^UPDATE/.test(sql)`),
  unseen('DELETE', "Prisma's DELETE", `${own} && /^DELETE/.test(sql)`),
  unseen('connect', 'an INSERT into a join table', `${own} && /^INSERT INTO "public"."_M/.test(sql)`),
  unseen('disconnect', 'a DELETE from a join table', `${own} && /^DELETE FROM "public"."_M/.test(sql)`),
  unseen('RETURNING', 'a write that answers rows', `${own} && sql.includes('RETURNING')`),
  unseen('raw', 'raw SQL', `!${own} && !/^(COMMIT|ROLLBACK)/.test(sql)`),
  unseen('raw join row', 'raw SQL on a join table', `!${own} && sql.includes('"_M')`),
  unseen('writing CTE', 'a CTE that writes', `/^WITH/.test(sql)`),
  unseen('second statement', 'the second statement of a text', `/^SELECT '/.test(sql)`),
  unseen('statement behind a comment', 'a statement that begins with a comment', `/^(\\/\\*|--)/.test(sql)`),
  unseen('MERGE', 'MERGE', `/^MERGE/.test(sql)`),
  unseen('UPDATE … FROM', 'UPDATE … FROM', `/^UPDATE .* FROM /.test(sql) && !${own}`),
  unseen('DO block', 'a DO block', `/^DO /.test(sql)`),
  unseen('function', 'a SELECT of a function that may write', `sql.includes('touch_')`),
  unseen('write through a view', 'a write to a view', `sql.includes('edit_')`),
  unseen('TRUNCATE', 'TRUNCATE', `/^TRUNCATE/.test(sql)`),
  unseen('DDL', 'DDL', `/^ALTER/.test(sql)`),
]

// A commit that bumps nothing.
const silentCommit: Patch = {
  file: transaction,
  find: "writes.committed('a transaction')",
  replace: 'writes.rolledBack()',
}

const moments: readonly Mutant[] = [
  one(
    'transactions without invalidation',
    'what a transaction wrote is invalidated at its commit',
    transaction,
    'this.written.add(execution)\n    try {',
    'try {',
  ),
  {
    name: 'invalidation at the statement',
    rule: 'a transaction invalidates when it commits, not when its statements run',
    patches: [
      {
        file: transaction,
        find: "if (this.state !== 'open') await this.#outran(execution)",
        replace: "await this.written.invalidate('')",
      },
      silentCommit,
    ],
  },
  {
    name: 'invalidation before COMMIT',
    rule: 'a transaction invalidates after its COMMIT',
    patches: [
      {
        file: transaction,
        find: "this.state = 'ending'\n    const writes = await this.written.open()",
        replace: "const writes = await this.written.open()\n    await this.written.invalidate('')",
      },
      silentCommit,
    ],
  },
  {
    name: 'invalidation before a statement',
    rule: 'a statement outside transactions invalidates after it has run',
    patches: [
      {
        file: tapped,
        find: 'const writes = await written.open()\n  let result: T',
        replace: "const writes = await written.open()\n  await written.invalidate('')\n  let result: T",
      },
      {
        file: tapped,
        find: 'await writes.committed(execution.statement.sql)\n  return result',
        replace: 'return result',
      },
    ],
  },
  {
    name: 'acknowledgement before invalidation',
    rule: 'a statement is acknowledged when its invalidation is done',
    patches: [
      {
        file: tapped,
        find: 'await writes.committed(execution.statement.sql)\n  return result',
        replace: 'setTimeout(() => void writes.committed(execution.statement.sql), 5)\n  return result',
      },
    ],
  },
  one(
    'savepoints that forget',
    'the rollback of a savepoint does not forget what was written before it',
    'prisma/src/tap/tapped-transaction.ts',
    'commit: () => this.#commit(),',
    'commit: () => this.#commit(),\n' +
      '      rollbackToSavepoint: async (name: string) => {\n' +
      '        this.#writes.written.clear()\n' +
      '        await inner.rollbackToSavepoint?.(name)\n' +
      '      },',
  ),
  one(
    'answers inside transactions',
    'inside an interactive transaction nothing is answered from the cache',
    hook,
    'if (internals.transaction !== undefined)',
    "if (internals.transaction?.kind === 'batch')",
  ),
  one(
    'vector after the load',
    'the vector is read before the load',
    'core/src/read.ts',
    'const loadMs = clock.now() - startedAt',
    'const loadMs = clock.now() - startedAt\n    vector = await this.snapshot(request.space, tags)',
  ),
  one(
    'flights by key alone',
    'a reader joins only a load under its own vector',
    'core/src/flight.ts',
    '`${vectorId.length}:${vectorId}${key}`',
    '`${vectorId.length * 0}${key}`',
  ),
]

/** Every rule of invalidation that the test must miss when it is gone. */
export const mutants: readonly Mutant[] = [...reads, ...keys, ...cascades, ...statements, ...moments]
