import { joinRow } from './common-raw.js'
import { mariadbForms } from './mariadb-raw.js'
import type { ManyToMany, Model, Schema } from './model.js'
import { postgresForms } from './postgres-raw.js'
import type { Random } from './random.js'
import { contextOf } from './raw-context.js'
import { refillStatement } from './seed-rows.js'

/** A raw statement that writes, as data. */
export interface RawWrite {
  readonly kind: 'raw'
  /** What the statement is an example of. */
  readonly form: string
  /** It answers rows that the caller wants. */
  readonly answersRows: boolean
  readonly sql: string
  readonly values: readonly unknown[]
  /** Takes locks that would make another connection's reads wait. */
  readonly locksOutReads: boolean
}

/** A random raw write. `mayLock` allows TRUNCATE and DDL, which keep other connections' reads waiting. */
export function randomRaw(schema: Schema, model: Model, random: Random, mayLock: boolean): RawWrite {
  const forms = (schema.database === 'mariadb' ? mariadbForms : postgresForms)(
    contextOf(schema, model, random),
  )
  const [form, make] = random.pick(Object.entries(forms).filter(([name]) => mayLock || !LOCKING.has(name)))
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
