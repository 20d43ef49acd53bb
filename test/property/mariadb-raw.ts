import { editView, sideTable, touchFunction } from './aids.js'
import { insertSelect, insertValues, joinedByKey, oddlyWritten, randomJoinRow } from './common-raw.js'
import { freelyChosen } from './free-condition.js'
import { fieldOf } from './model.js'
import type { Forms, RawContext } from './raw-context.js'

/** Every form of a write that MariaDB's language has, as far as the test knows. */
export function mariadbForms(context: RawContext): Forms {
  const { model, random, table, name, rank, q, pick, byKey, raise, rename } = context
  const answersRows = true
  const [first] = model.id.map((field) => q(fieldOf(model, field).column))
  return {
    ...oddlyWritten(context),
    ...freelyChosen(context),
    update: () => ({ sql: `${rename()} WHERE ${byKey()}` }),
    updateBound: () => ({
      sql: `UPDATE ${table} SET ${rank} = ? WHERE ${name} = ?`,
      values: [random.int(0, 3), random.pick(fieldOf(model, 'name').domain)],
    }),
    updateAll: () => ({ sql: `/* select 1; */ update ${table} as t set ${rank} = (t.${rank} + 1) % 4` }),
    updateFew: () => ({ sql: `${raise} ORDER BY ${name}, ${first} LIMIT 1` }),
    updateIgnore: () => ({
      sql: `UPDATE IGNORE ${table} SET ${name} = ${pick('name')}, ${first} = ${pick(model.id[0]!)} WHERE ${byKey()}`,
    }),
    delete: () => ({ sql: `DELETE FROM ${table} WHERE ${byKey()}` }),
    deleteQuick: () => ({ sql: `delete low_priority quick from ${table} where ${byKey()} limit 1` }),
    deleteReturning: () => ({ sql: `DELETE FROM ${table} WHERE ${byKey()} RETURNING ${rank}`, answersRows }),
    deleteJoined: () => {
      const { child, parent, on } = joinedByKey(context)
      const [own] = child.id.map((field) => q(fieldOf(child, field).column))
      return {
        sql:
          `DELETE c FROM ${q(child.table)} AS c JOIN ${q(parent.table)} AS p ON ${on} ` +
          `WHERE c.${own} = ${context.literal(random.pick(fieldOf(child, child.id[0]!).domain))}`,
      }
    },
    insert: () => ({ sql: insertValues(context) }),
    insertIgnore: () => ({ sql: insertValues(context).replace('INSERT', 'INSERT IGNORE') }),
    replace: () => ({ sql: insertValues(context).replace('INSERT', 'REPLACE') }),
    insertOrUpdate: () => ({
      sql: `${insertValues(context)} ON DUPLICATE KEY UPDATE ${name} = VALUES(${name}), ${rank} = VALUES(${rank})`,
    }),
    insertOrMove: () => ({
      sql: `${insertValues(context)} ON DUPLICATE KEY UPDATE ${first} = ${pick(model.id[0]!)}`,
    }),
    insertSelect: () => insertSelect(context),
    doBlock: () => ({ sql: `BEGIN NOT ATOMIC ${raise}; END` }),
    volatileFunction: () => ({ sql: `SELECT ${q(touchFunction(model))}()`, answersRows }),
    procedure: () => ({ sql: `CALL ${q(touchFunction(model))}()` }),
    throughView: () => ({ sql: `UPDATE ${q(editView(model))} SET ${name} = ${pick('name')}` }),
    updateJoined: () => {
      const { child, parent, on } = joinedByKey(context)
      const [own, theirs] = [child, parent].map((one) => q(fieldOf(one, 'rank').column))
      return {
        sql: `UPDATE ${q(child.table)} AS c JOIN ${q(parent.table)} AS p ON ${on} SET c.${own} = p.${theirs}`,
      }
    },
    joinRow: () => randomJoinRow(context),
    truncate: () => ({ sql: `TRUNCATE TABLE ${table}` }),
    alterSideTable: () => ({
      sql: `ALTER TABLE ${q(sideTable)} ADD COLUMN IF NOT EXISTS ${q(`c${random.int(0, 3)}`)} INTEGER`,
    }),
  }
}
