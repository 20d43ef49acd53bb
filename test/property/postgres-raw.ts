import { editView, sideTable, touchFunction } from './aids.js'
import { insertSelect, insertValues, joinedByKey, oddlyWritten, randomJoinRow } from './common-raw.js'
import { freelyChosen } from './free-condition.js'
import { fieldOf } from './model.js'
import type { Forms, RawContext, Statement } from './raw-context.js'

/** Every form of a write that PostgreSQL's language has, as far as the test knows. */
export function postgresForms(context: RawContext): Forms {
  const { schema, model, random, table, name, rank, q, pick, byKey, raise, rename } = context
  const answersRows = true
  return {
    ...(schema.isTiny
      ? { insertSelect: () => insertSelect(context), ...oddlyWritten(context), ...freelyChosen(context) }
      : {}),
    update: () => ({ sql: `${rename()} WHERE ${byKey()}` }),
    updateBound: () => ({
      sql: `UPDATE ${table} SET ${rank} = $1 WHERE ${name} = $2`,
      values: [random.int(0, 3), random.pick(fieldOf(model, 'name').domain)],
    }),
    updateAll: () => ({
      sql: `/* select 1; */ update only ${table} as t set ${rank} = (t.${rank} + 1) % 4`,
    }),
    updateInSchema: () => ({
      sql: `-- a note\nUPDATE public.${table} SET ${rank} = ${random.int(0, 3)}`,
    }),
    updateReturning: () => ({ sql: `${raise} WHERE ${byKey()} RETURNING ${rank}`, answersRows }),
    writingCte: () => ({
      sql: `WITH changed AS (${raise} RETURNING ${rank}) SELECT count(*)::int AS n FROM changed`,
      answersRows,
    }),
    secondOfTwoCtes: () => ({
      sql: `WITH one AS (SELECT 1 AS n), two AS (${rename()} WHERE ${byKey()} RETURNING 1) SELECT n FROM one`,
      answersRows,
    }),
    secondStatement: () => ({ sql: `SELECT 'update; $$ delete'; ${raise}` }),
    twoWrites: () => ({
      sql: `${rename()} WHERE ${byKey()}; DELETE FROM ${table} WHERE ${byKey()}`,
    }),
    delete: () => ({ sql: `DELETE FROM ${table} WHERE ${byKey()}` }),
    insertOrUpdate: () => insertOrUpdate(context),
    merge: () => ({
      sql:
        `MERGE INTO ${table} t USING (VALUES (1)) AS v(n) ON t.${rank} = v.n ` +
        `WHEN MATCHED THEN UPDATE SET ${rank} = 2`,
    }),
    doBlock: () => ({ sql: `DO $$ BEGIN ${raise}; END $$` }),
    volatileFunction: () => ({ sql: `SELECT ${touchFunction(model)}()`, answersRows }),
    throughView: () => ({ sql: `UPDATE ${editView(model)} SET ${name} = ${pick('name')}` }),
    updateFrom: () => updateFrom(context),
    joinRow: () => randomJoinRow(context),
    truncate: () => ({ sql: `TRUNCATE TABLE ${table} CASCADE` }),
    alterColumn: () => ({
      sql: `ALTER TABLE ${table} ALTER COLUMN ${rank} TYPE INTEGER USING (${rank} + 1) % 4`,
    }),
    alterSideTable: () => ({
      sql: `ALTER TABLE ${q(sideTable)} ADD COLUMN IF NOT EXISTS "c${random.int(0, 3)}" INTEGER`,
    }),
  }
}

/** An INSERT … ON CONFLICT DO UPDATE by the primary key. */
function insertOrUpdate(context: RawContext): Statement {
  const { model, name, rank, q } = context
  const key = model.id.map((field) => q(fieldOf(model, field).column)).join(', ')
  return {
    sql:
      `${insertValues(context)} ` +
      `ON CONFLICT (${key}) DO UPDATE SET ${name} = EXCLUDED.${name}, ${rank} = EXCLUDED.${rank}`,
  }
}

function updateFrom(context: RawContext): Statement {
  const { q } = context
  const { child, parent, on } = joinedByKey(context)
  const [own, theirs] = [child, parent].map((model) => q(fieldOf(model, 'rank').column))
  return {
    sql: `UPDATE ${q(child.table)} AS c SET ${own} = p.${theirs} FROM ${q(parent.table)} AS p WHERE ${on}`,
  }
}
