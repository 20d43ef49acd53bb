import type { SqlDialect } from './dialect.js'
import { nameAt } from './names.js'
import { lexicalModes } from './lexical-mode.js'
import { tokenize, tokenizeIfReadable } from './tokenizer.js'
import { isNameAt, type TokenizedSql } from './tokens.js'

/**
 * The known tables whose names occur in a text as an identifier, quoted or not, in whatever place. It may find more
 * than the text reads (a column of the same name), never less, as long as `isKnownTable` knows every table.
 *
 * @param isKnownTable is asked with names in lower case, without schema and quotes.
 * @returns the names in order of appearance, or `undefined` if the text cannot be read: it may read any table.
 */
export function identifierTables(
  sql: string,
  dialect: SqlDialect,
  isKnownTable: (name: string) => boolean,
): readonly string[] | undefined {
  try {
    const [usual, ...others] = lexicalModes[dialect]
    const found = new Set<string>()
    const tokenized = tokenize(sql, dialect, usual)
    addKnown(tokenized, isKnownTable, found)
    if (tokenized.ambiguous) {
      for (const mode of others) {
        const other = tokenizeIfReadable(sql, dialect, mode)
        if (other !== undefined) addKnown(other, isKnownTable, found)
      }
    }
    return [...found]
  } catch {
    return undefined
  }
}

function addKnown(source: TokenizedSql, isKnownTable: (name: string) => boolean, found: Set<string>): void {
  for (let index = 0; index < source.tokens.length; index++) {
    if (!isNameAt(source, index)) continue
    const name = identifierAt(source, index)
    if (name !== undefined && isKnownTable(name)) found.add(name)
  }
}

/** MySQL's `"it\'s"` can only be a string. */
function identifierAt(source: TokenizedSql, index: number): string | undefined {
  const token = source.tokens[index]!
  const mayBeString = source.dialect === 'mysql' && source.sql[token.start] === '"'
  if (mayBeString && source.sql.slice(token.start, token.end).includes('\\')) return undefined
  return nameAt(source, index)
}
