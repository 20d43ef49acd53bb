import { dialectOf } from './dialect.js'
import { fieldOf, modelOf, type Schema } from './model.js'
import { ITEMS } from './narrow-schema.js'
import type { Random } from './random.js'
import type { RawWrite } from './raw.js'

/** Items that come to an owner of whom the statement does not say who it is: moved, or as copies of others. */
export function untoldMove(schema: Schema, random: Random): RawWrite {
  const { quote } = dialectOf(schema)
  const item = modelOf(schema, 'Item')
  const [name, rank, owner, buyer] = ['name', 'rank', 'ownerId', 'buyerId'].map((field) =>
    quote(fieldOf(item, field).column),
  ) as [string, string, string, string]
  const where = random.chance(0.6) ? `id = ${random.pick(ITEMS)}` : `${rank} < ${random.int(1, 3)}`
  const next = `${owner} % 3 + 1`
  const sql = random.chance(0.6)
    ? `UPDATE ${quote(item.table)} SET ${owner} = ${next} WHERE ${where}`
    : `INSERT INTO ${quote(item.table)} (${name}, ${rank}, ${owner}, ${buyer}) ` +
      `SELECT ${name}, ${rank}, ${next}, ${buyer} FROM ${quote(item.table)} WHERE ${where}`
  return { kind: 'raw', form: 'untoldMove', answersRows: false, sql, values: [], locksOutReads: false }
}
