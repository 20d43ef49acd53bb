import { mysqlFunctions, postgresqlFunctions, sqliteFunctions } from './built-in-functions.js'
import type { SqlDialect } from './dialect.js'
import { nameAt } from './names.js'
import { TokenKind, tokenAt, type TokenizedSql } from './tokens.js'

const builtIn: Record<SqlDialect, ReadonlySet<string>> = {
  postgresql: postgresqlFunctions,
  mysql: mysqlFunctions,
  sqlite: sqliteFunctions,
}

/** A function call: the name as written, lower-cased, and what a cache must know of it. */
export interface FunctionCall {
  readonly name: string
  /** It is on the list of those that change nothing. */
  readonly isHarmless: boolean
  /** It changes what later statements of the session see. */
  readonly changesSession: boolean
}

/** The call whose `(` follows the name that ends at `last`. */
export function functionCallAt(source: TokenizedSql, last: number): FunctionCall {
  let name = nameAt(source, last)
  let schema = ''
  for (let at = last; tokenAt(source, at - 1).kind === TokenKind.dot; at -= 2) {
    schema = nameAt(source, at - 2) + (schema === '' ? '' : `.${schema}`)
  }
  if (schema === 'pg_catalog' && source.dialect === 'postgresql') schema = ''
  const isHarmless = schema === '' && isBuiltIn(source, last, name)
  if (schema !== '') name = `${schema}.${name}`
  return { name, isHarmless, changesSession: name === 'set_config' }
}

/** In PostgreSQL `"Lower"(…)` is not `lower(…)`: a quoted name is compared as it is written. */
function isBuiltIn(source: TokenizedSql, index: number, name: string): boolean {
  const token = tokenAt(source, index)
  const isQuoted = token.kind !== TokenKind.word
  if (
    isQuoted &&
    source.dialect === 'postgresql' &&
    source.sql.slice(token.start + 1, token.end - 1) !== name
  ) {
    return false
  }
  return builtIn[source.dialect].has(name) || (source.dialect === 'sqlite' && name.startsWith('pragma_'))
}
