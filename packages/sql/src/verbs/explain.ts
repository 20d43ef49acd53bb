import { TokenKind, isNameAt, isOperatorAt, tokenAt, wordAt } from '../tokens.js'
import type { Context } from '../context.js'
import { isQueryStart } from '../walk.js'
import { setOfWords } from '../words.js'

const options = setOfWords('verbose extended partitions query plan analyze analyse')
const starts = setOfWords('with select values table insert replace update delete merge')

/**
 * `EXPLAIN [options] statement`: harmless, unless ANALYZE runs the statement. `DESCRIBE t` is written the same way.
 * Calls are reported even without ANALYZE: MySQL may run the sub-queries of FROM while it explains.
 */
export function walkExplain(context: Context, verb: number, end: number): void {
  const { source, found } = context
  let runs = wordAt(source, verb) === 'analyze'
  let at = verb + 1
  for (;;) {
    const word = wordAt(source, at)
    if (word === 'analyze' || word === 'analyse') runs = true
    if (options.has(word)) at++
    else if (word === 'format' && isOperatorAt(source, at + 1, '=')) at += 3
    else if (tokenAt(source, at).kind === TokenKind.open && !isQueryStart(source, at)) {
      const close = tokenAt(source, at).partner
      for (; at < close; at++) runs ||= wordAt(source, at) === 'analyze' || wordAt(source, at) === 'analyse'
      at++
    } else break
  }
  const isStatement = starts.has(wordAt(source, at)) || tokenAt(source, at).kind === TokenKind.open
  if (isStatement) walkExplained(context, at, end, runs)
  else if (runs || at >= end) context.walkRowsStatement(context, at, end, undefined)
  else if (isNameAt(source, at)) found.effect = 'harmless'
  else context.walkRowsStatement(context, at, end, undefined)
}

function walkExplained(context: Context, from: number, end: number, runs: boolean): void {
  context.walkRowsStatement(context, from, end, undefined)
  if (runs) return
  context.found.effect = 'harmless'
  context.found.writes.length = 0
  context.found.temporary = undefined
}
