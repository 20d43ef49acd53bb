import { readTableName } from '../names.js'
import { skipToken, wordAt } from '../tokens.js'
import type { Context } from '../context.js'
import { setOfWords } from '../words.js'

const temporary = setOfWords('temp temporary')
const scopes = setOfWords('local global')

/**
 * CREATE: a change of definitions, unless it makes a table or view that only this session sees.
 * The query of `CREATE TEMP TABLE … AS` is walked: what it calls is reported.
 */
export function walkCreate(context: Context, verb: number, end: number): void {
  const { source, found } = context
  found.effect = 'ddl'
  found.commitsImplicitly = source.dialect === 'mysql'
  let at = verb + 1
  if (wordAt(source, at) === 'or' && wordAt(source, at + 1) === 'replace') at += 2
  if (scopes.has(wordAt(source, at))) at++
  if (!temporary.has(wordAt(source, at))) return
  const thing = wordAt(source, at + 1)
  if (thing !== 'table' && thing !== 'view') return
  at += 2
  if (wordAt(source, at) === 'if') at += 3
  const { table, next } = readTableName(source, at)
  found.temporary = table
  found.commitsImplicitly = false
  walkDefiningQuery(context, next, end)
  found.effect = found.writes.length > 0 ? 'ddl' : 'harmless'
}

function walkDefiningQuery(context: Context, from: number, end: number): void {
  const { source } = context
  for (let at = from; at < end; at = skipToken(source, at)) {
    const word = wordAt(source, at)
    if (word === 'as') return void context.walkRowsStatement(context, at + 1, end, undefined)
    if (word === 'select' || word === 'values')
      return void context.walkRowsStatement(context, at, end, undefined)
  }
}
