import {
  knownColumns,
  valueTypeOf,
  type KnownColumn,
  type KnownColumns,
  type SqlDialect,
} from '../../src/index.js'

/** A table of posts as each database's catalogue would tell it: a key that is made, a unique slug, a foreign key. */
export function posts(
  dialect: SqlDialect,
  uniqueKeys?: readonly (readonly string[])[],
  hasRowSecurity?: true,
): KnownColumns {
  const collation = dialect === 'mysql' ? 'utf8mb4_unicode_ci' : undefined
  const integer = valueTypeOf(dialect, { type: dialect === 'mysql' ? 'int' : 'integer' })
  const text = valueTypeOf(dialect, { type: 'varchar(10)', collation, isDeterministic: true })
  const isGeneratedKey = dialect !== 'postgresql'
  const columns: KnownColumn[] = [
    { name: 'id', type: integer, nullable: false, hasDefault: true, isGeneratedKey, hasRowSecurity },
    { name: 'slug', type: text, nullable: false, hasDefault: false },
    { name: 'authorId', type: integer, nullable: true, hasDefault: false },
    { name: 'state', type: text, nullable: true, hasDefault: true },
    { name: 'price', type: undefined, nullable: true, hasDefault: false },
  ]
  return knownColumns(dialect, columns, uniqueKeys)
}
