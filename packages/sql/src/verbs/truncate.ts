import { NotUnderstood } from '../not-understood.js'
import { readTarget } from '../target.js'
import { TokenKind, tokenAt, wordAt } from '../tokens.js'
import type { Context } from '../context.js'
import { setOfWords } from '../words.js'
import type { TableName } from '../facts.js'

const options = setOfWords('restart continue identity restrict cascade wait nowait')

/** `TRUNCATE [TABLE] [ONLY] t [*], … [RESTART IDENTITY] [CASCADE]` */
export function walkTruncate({ source, found }: Context, verb: number, end: number): void {
  if (source.dialect === 'sqlite') throw new NotUnderstood('TRUNCATE is not known to this database')
  const tables: TableName[] = []
  let at = wordAt(source, verb + 1) === 'table' ? verb + 2 : verb + 1
  for (;;) {
    const { table, next } = readTarget(source, at)
    tables.push(table)
    at = next
    if (tokenAt(source, at).kind !== TokenKind.comma) break
    at++
  }
  let cascades = false
  for (; at < end; at++) {
    const isOption = options.has(wordAt(source, at)) || tokenAt(source, at).kind === TokenKind.number
    if (!isOption) throw new NotUnderstood('TRUNCATE has an unknown option')
    cascades ||= wordAt(source, at) === 'cascade'
  }
  for (const table of tables) {
    found.addWrite({ table, action: 'truncate', ...(cascades ? { cascade: true as const } : undefined) })
  }
  found.commitsImplicitly = source.dialect === 'mysql'
}
