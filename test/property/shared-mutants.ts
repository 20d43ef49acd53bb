import { one, unseen, type Mutant, type Patch } from './mutant.js'

const closure = 'sql/src/write-closure.ts'
const tapped = 'core/src/tapped-writes.ts'
const transaction = 'core/src/transaction-writes.ts'

const keys: readonly Mutant[] = [
  one(
    'shared objects',
    'an answer belongs to its caller alone',
    'core/src/answer.ts',
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

const statements: readonly Mutant[] = [
  unseen('writing CTE', 'a CTE that writes', `/^WITH/.test(sql)`),
  unseen('second statement', 'the second statement of a text', `/^SELECT '/.test(sql)`),
  unseen('statement behind a comment', 'a statement that begins with a comment', `/^(\\/\\*|--)/.test(sql)`),
  unseen('MERGE', 'MERGE', `/^MERGE/.test(sql)`),
  unseen('DO block', 'a DO block', `/^DO /.test(sql)`),
  unseen('function', 'a SELECT of a function that may write', `sql.includes('touch_')`),
  unseen('write through a view', 'a write to a view', `sql.includes('edit_')`),
  unseen('TRUNCATE', 'TRUNCATE', `/^TRUNCATE/.test(sql)`),
  unseen('DDL', 'DDL', `/^ALTER/.test(sql)`),
]

// A commit that bumps nothing.
const silentCommit: Patch = {
  file: transaction,
  find: 'writes === undefined ? this.written.invalidate(source, isCertain) : writes.committed(source, isCertain)',
  replace: 'writes === undefined ? this.written.leave() : writes.rolledBack()',
}

const moments: readonly Mutant[] = [
  {
    name: 'transactions without invalidation',
    rule: 'what a transaction wrote is invalidated at its commit',
    patches: [
      { file: transaction, find: 'this.written.sent(execution)\n    try {', replace: 'try {' },
      {
        file: transaction,
        find: 'this.written.answered(execution, this.#place.answerOf(result))\n',
        replace: '',
      },
      { file: transaction, find: 'this.written.answered(execution, undefined)\n', replace: '' },
    ],
  },
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
        find: "this.state = 'ending'\n    const opening = this.written.needsMarks ? this.#marked(steps) : undefined",
        replace: "const opening = this.#marked(steps)\n    await this.written.invalidate('')",
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
        find: 'let result: T\n  try {\n    const sending = send()',
        replace:
          "let result: T\n  written.add(execution)\n  await written.invalidate('')\n  try {\n    const sending = send()",
      },
      {
        file: tapped,
        find: 'const ending = written.invalidate(execution.statement.sql, true)',
        replace: 'const ending: unknown = undefined',
      },
    ],
  },
  {
    name: 'acknowledgement before invalidation',
    rule: 'a statement is acknowledged when its invalidation is done',
    patches: [
      {
        file: tapped,
        find: 'const ending = written.invalidate(execution.statement.sql, true)',
        replace: 'const ending = void setTimeout(() => void written.invalidate(execution.statement.sql), 5)',
      },
    ],
  },
  one(
    'vector after the load',
    'the vector is read before the load',
    'core/src/load.ts',
    '(value) => this.#loaded(request, flight, context, value, startedAt),',
    'async (value) => (Object.assign(flight, { vector: await this.#parts.lookUps.snapshot(request.space, flight.tags) }), this.#loaded(request, flight, context, value, startedAt)),',
  ),
  one(
    'flights by key alone',
    'a reader joins only a load under its own vector',
    'core/src/flight.ts',
    'flight.vector.id === vector.id',
    'flight.vector.id !== ""',
  ),
]

/** The rules that both ORMs share. */
export const sharedMutants: readonly Mutant[] = [...keys, ...cascades, ...statements, ...moments]
