import { readTableName } from './names.js'
import { NotUnderstood } from './not-understood.js'
import { TokenKind, tokenAt, wordAt } from './tokens.js'
import type { Context } from './context.js'
import { setOfWords } from './words.js'

const temporary = setOfWords('temp temporary')
const beforeName = setOfWords('temp temporary local global unlogged table')

/**
 * Walks the `INTO …` of a SELECT, which stands at `index`. In PostgreSQL it makes a table; in MySQL it writes a file
 * or sets variables.
 *
 * @returns the index of its last token.
 */
export function walkSelectInto(context: Context, index: number): number {
  const { dialect } = context.source
  if (dialect === 'postgresql') return createTable(context, index)
  if (dialect === 'mysql') return fileOrVariables(context, index)
  throw new NotUnderstood('INTO stands where it is not expected')
}

function createTable({ source, found }: Context, index: number): number {
  let at = index + 1
  let isTemporary = false
  for (; beforeName.has(wordAt(source, at)); at++) isTemporary ||= temporary.has(wordAt(source, at))
  const { table, next } = readTableName(source, at)
  if (isTemporary) {
    found.temporary = table
  } else {
    found.addWrite({ table, action: 'create' })
    found.effect = 'ddl'
  }
  return next - 1
}

function fileOrVariables({ source, found }: Context, index: number): number {
  const word = wordAt(source, index + 1)
  if (word === 'outfile' || word === 'dumpfile') return index + 1
  const next = tokenAt(source, index + 1)
  if (next.kind !== TokenKind.parameter || source.sql[next.start] !== '@') {
    throw new NotUnderstood('INTO stands where it is not expected')
  }
  found.session = true
  // More variables follow, with commas between them: they are no tables.
  let at = index + 1
  while (tokenAt(source, at + 1).kind === TokenKind.comma) at += 2
  return at
}
