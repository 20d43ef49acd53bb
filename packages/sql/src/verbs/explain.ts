import type { Context } from '../context.js'
import { NotUnderstood } from '../not-understood.js'
import { TokenKind, isNameAt, isOperatorAt, tokenAt, wordAt, type TokenizedSql } from '../tokens.js'
import { isQueryStart } from '../walk.js'
import { setOfWords } from '../words.js'

const options = setOfWords('verbose extended partitions query plan analyze analyse')
const optionsInParens = setOfWords(`
  analyze analyse verbose costs settings generic_plan buffers serialize wal timing summary memory format text xml
  json yaml on off true false none binary`)
const starts = setOfWords('with select values table insert replace update delete merge')

/**
 * `EXPLAIN [options] statement`: harmless, unless ANALYZE runs the statement. `DESCRIBE t` is written the same way.
 * Calls are reported even without ANALYZE: MySQL may run the sub-queries of FROM while it explains.
 */
export function walkExplain(context: Context, verb: number, end: number): void {
  const { source, found } = context
  const { runs, next } = optionsFrom(source, verb)
  const isStatement = starts.has(wordAt(source, next)) || tokenAt(source, next).kind === TokenKind.open
  if (isStatement) walkExplained(context, next, end, runs)
  else if (runs || next >= end || !isNameAt(source, next))
    throw new NotUnderstood('EXPLAIN explains something unknown')
  else found.effect = 'harmless'
}

function optionsFrom(source: TokenizedSql, verb: number): { runs: boolean; next: number } {
  let runs = wordAt(source, verb).startsWith('analy')
  let at = verb + 1
  for (;;) {
    const word = wordAt(source, at)
    runs ||= word === 'analyze' || word === 'analyse'
    if (options.has(word)) {
      at++
    } else if (word === 'format' && isOperatorAt(source, at + 1, '=')) {
      at += 3
    } else if (tokenAt(source, at).kind === TokenKind.open && !isQueryStart(source, at)) {
      runs ||= analyzesInParens(source, at)
      at = tokenAt(source, at).partner + 1
    } else {
      return { runs, next: at }
    }
  }
}

/** PostgreSQL's `(ANALYZE, BUFFERS off, FORMAT json)`. `ANALYZE off` counts as ANALYZE. */
function analyzesInParens(source: TokenizedSql, open: number): boolean {
  let analyzes = false
  for (let at = open + 1; at < tokenAt(source, open).partner; at++) {
    const { kind, word } = tokenAt(source, at)
    const isKnown = optionsInParens.has(word) || kind === TokenKind.comma || kind === TokenKind.number
    if (!isKnown) throw new NotUnderstood('EXPLAIN has an unknown option')
    analyzes ||= word === 'analyze' || word === 'analyse'
  }
  return analyzes
}

function walkExplained(context: Context, from: number, end: number, runs: boolean): void {
  context.walkRowsStatement(context, from, end, undefined)
  if (runs) return
  context.found.effect = 'harmless'
  context.found.writes.length = 0
  context.found.temporary = undefined
}
