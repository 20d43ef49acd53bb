import { byTables, one, unseen, withoutCatalogue, type Mutant } from '../mutant.js'

const walk = 'prisma/src/dependencies/read-walk.ts'
const closure = 'sql/src/write-closure.ts'
const hook = 'prisma/src/client/read-hook.ts'

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
    '${scoped}${kind.keyPrefix}${path}',
    '${scoped}${model}${path}',
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
  unseen('UPDATE … FROM', 'UPDATE … FROM', `/^UPDATE .* FROM /.test(sql) && !${own}`),
]

const moments: readonly Mutant[] = [
  withoutCatalogue(
    one(
      'no default of SET NULL',
      'an optional relation with nothing written sets null, as far as the database does not say',
      'prisma/src/schema/relations.ts',
      "return required ? 'Restrict' : 'SetNull'",
      "return 'Restrict'",
    ),
  ),
  one(
    'savepoints that forget',
    'the rollback of a savepoint does not forget what was written before it',
    'prisma/src/tap/tapped-transaction.ts',
    'await this.#inner.rollbackToSavepoint!(name)',
    'this.#writes.written.clear()\n    await this.#inner.rollbackToSavepoint!(name)',
  ),
  {
    name: 'answers inside transactions',
    rule: 'inside an interactive transaction nothing is answered from the cache',
    patches: [
      { file: hook, find: 'if (transaction !== undefined)', replace: "if (transaction?.kind === 'batch')" },
      // Else a transaction asks what it may not be answered, and all of it outside: there nothing differs.
      { file: hook, find: 'args, transaction: undefined }', replace: 'args }' },
    ],
  },
]

/** The rules of Prisma's reads, and of the statements that it makes. */
export const prismaMutants: readonly Mutant[] = [...reads.map(byTables), ...keys, ...statements, ...moments]
