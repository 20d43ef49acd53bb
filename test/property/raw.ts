import { postgres as dialect, editView, touchFunction } from './dialect.js'
import {
  fieldOf,
  joinTable,
  modelOf,
  type ForeignKey,
  type ManyToMany,
  type Model,
  type Schema,
} from './model.js'
import type { Random } from './random.js'
import { refillStatement } from './seed-rows.js'

/** A raw statement that writes, as data. */
export interface RawWrite {
  readonly kind: 'raw'
  /** What the statement is an example of. */
  readonly form: RawForm
  /** It answers rows that the caller wants. */
  readonly answersRows: boolean
  readonly sql: string
  readonly values: readonly unknown[]
  /** Takes locks that would make another connection's reads wait. */
  readonly locksOutReads: boolean
}

type RawForm = keyof ReturnType<typeof forms>

/** A random raw write. `mayLock` allows TRUNCATE and DDL, which keep other connections' reads waiting. */
export function randomRaw(schema: Schema, model: Model, random: Random, mayLock: boolean): RawWrite {
  const choices = forms(schema, model, random)
  const [form, make] = random.pick(
    Object.entries(choices).filter(([name]) => mayLock || !LOCKING.has(name)) as [RawForm, () => Statement][],
  )
  const { sql, answersRows = false, values = [] } = make()
  return { kind: 'raw', form, answersRows, sql, values, locksOutReads: LOCKING.has(form) }
}

/** A raw write of one row of a join table, or of all rows of one key. */
export function rawJoinRow(schema: Schema, relation: ManyToMany, random: Random): RawWrite {
  const { sql } = joinRow(schema, relation, random)
  return { kind: 'raw', form: 'joinRow', answersRows: false, sql, values: [], locksOutReads: false }
}

/** Adds the rows that an episode begins with, as far as they are not there and fit. */
export function rawRefill(schema: Schema, random: Random): RawWrite {
  const sql = refillStatement(schema, random)
  return { kind: 'raw', form: 'doBlock', answersRows: false, sql, values: [], locksOutReads: false }
}

const LOCKING = new Set<string>(['truncate', 'alterColumn', 'alterSideTable'])

interface Statement {
  readonly sql: string
  readonly answersRows?: boolean
  readonly values?: readonly unknown[]
}

const q = dialect.quote
const lit = dialect.literal

function forms(schema: Schema, model: Model, random: Random) {
  const table = q(model.table)
  const name = q(fieldOf(model, 'name').column)
  const pick = (field: string): string => lit(random.pick(fieldOf(model, field).domain))
  const byKey = (): string =>
    model.id.map((field) => `${q(fieldOf(model, field).column)} = ${pick(field)}`).join(' AND ')
  const raise = `UPDATE ${table} SET "rank" = ("rank" + 1) % 4`
  const rename = (): string => `UPDATE ${table} SET ${name} = ${pick('name')}`
  const answersRows = true
  return {
    update: (): Statement => ({ sql: `${rename()} WHERE ${byKey()}` }),
    updateBound: (): Statement => ({
      sql: `UPDATE ${table} SET "rank" = $1 WHERE ${name} = $2`,
      values: [random.int(0, 3), random.pick(fieldOf(model, 'name').domain)],
    }),
    updateAll: (): Statement => ({
      sql: `/* select 1; */ update only ${table} as t set "rank" = (t."rank" + 1) % 4`,
    }),
    updateInSchema: (): Statement => ({
      sql: `-- a note\nUPDATE public.${table} SET "rank" = ${random.int(0, 3)}`,
    }),
    updateReturning: (): Statement => ({ sql: `${raise} WHERE ${byKey()} RETURNING "rank"`, answersRows }),
    writingCte: (): Statement => ({
      sql: `WITH changed AS (${raise} RETURNING "rank") SELECT count(*)::int AS n FROM changed`,
      answersRows,
    }),
    secondOfTwoCtes: (): Statement => ({
      sql: `WITH one AS (SELECT 1 AS n), two AS (${rename()} WHERE ${byKey()} RETURNING 1) SELECT n FROM one`,
      answersRows,
    }),
    secondStatement: (): Statement => ({ sql: `SELECT 'update; $$ delete'; ${raise}` }),
    twoWrites: (): Statement => ({
      sql: `${rename()} WHERE ${byKey()}; DELETE FROM ${table} WHERE ${byKey()}`,
    }),
    delete: (): Statement => ({ sql: `DELETE FROM ${table} WHERE ${byKey()}` }),
    insertOrUpdate: (): Statement => insertOrUpdate(model, random),
    merge: (): Statement => ({
      sql:
        `MERGE INTO ${table} t USING (VALUES (1)) AS v(n) ON t."rank" = v.n ` +
        `WHEN MATCHED THEN UPDATE SET "rank" = 2`,
    }),
    doBlock: (): Statement => ({ sql: `DO $$ BEGIN ${raise}; END $$` }),
    volatileFunction: (): Statement => ({ sql: `SELECT ${touchFunction(model)}()`, answersRows }),
    throughView: (): Statement => ({ sql: `UPDATE ${editView(model)} SET ${name} = ${pick('name')}` }),
    updateFrom: (): Statement => updateFrom(schema, random),
    joinRow: (): Statement => joinRow(schema, random.pick(manyToMany(schema)), random),
    truncate: (): Statement => ({ sql: `TRUNCATE TABLE ${table} CASCADE` }),
    alterColumn: (): Statement => ({
      sql: `ALTER TABLE ${table} ALTER COLUMN "rank" TYPE INTEGER USING ("rank" + 1) % 4`,
    }),
    alterSideTable: (): Statement => ({
      sql: `ALTER TABLE "side_table" ADD COLUMN IF NOT EXISTS "c${random.int(0, 3)}" INTEGER`,
    }),
  }
}

/** An INSERT … ON CONFLICT DO UPDATE by the primary key. */
function insertOrUpdate(model: Model, random: Random): Statement {
  const fields = model.fields.filter((field) => !field.optional || field.role === 'id')
  const columns = fields.map((field) => q(field.column)).join(', ')
  const values = fields.map((field) => {
    const value = random.pick(field.domain)
    return field.kind === 'strings' ? `ARRAY[${(value as string[]).map(lit).join(', ')}]::text[]` : lit(value)
  })
  const key = model.id.map((field) => q(fieldOf(model, field).column)).join(', ')
  const name = q(fieldOf(model, 'name').column)
  return {
    sql:
      `INSERT INTO ${q(model.table)} (${columns}) VALUES (${values.join(', ')}) ` +
      `ON CONFLICT (${key}) DO UPDATE SET ${name} = EXCLUDED.${name}, "rank" = EXCLUDED."rank"`,
  }
}

function updateFrom(schema: Schema, random: Random): Statement {
  const key = random.pick(
    schema.relations.filter((relation): relation is ForeignKey => relation.type === 'foreignKey'),
  )
  const child = modelOf(schema, key.child)
  const parent = modelOf(schema, key.parent)
  const on = key.columns.map(
    (column, index) =>
      `c.${q(fieldOf(child, column).column)} = p.${q(fieldOf(parent, key.references[index]!).column)}`,
  )
  return {
    sql: `UPDATE ${q(child.table)} AS c SET "rank" = p."rank" FROM ${q(parent.table)} AS p WHERE ${on.join(' AND ')}`,
  }
}

function manyToMany(schema: Schema): ManyToMany[] {
  return schema.relations.filter((relation) => relation.type === 'manyToMany')
}

function joinRow(schema: Schema, relation: ManyToMany, random: Random): Statement {
  const key = (model: string): string => lit(random.pick(fieldOf(modelOf(schema, model), 'id').domain))
  const a = key(relation.a)
  const table = q(joinTable(relation))
  if (random.chance(0.4)) return { sql: `DELETE FROM ${table} WHERE "A" = ${a}` }
  return { sql: `INSERT INTO ${table} ("A", "B") VALUES (${a}, ${key(relation.b)}) ON CONFLICT DO NOTHING` }
}
