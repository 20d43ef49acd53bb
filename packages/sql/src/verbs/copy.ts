import { NotUnderstood } from '../not-understood.js'
import { readTableName } from '../names.js'
import { TokenKind, skipToken, tokenAt, wordAt } from '../tokens.js'
import type { Context } from '../context.js'

/** PostgreSQL's `COPY t [(columns)] FROM …`, `COPY t TO …`, `COPY (query) TO …`. */
export function walkCopy(context: Context, verb: number): void {
  const { source, found } = context
  if (source.dialect !== 'postgresql') throw new NotUnderstood('COPY is not known to this database')
  const at = wordAt(source, verb + 1) === 'binary' ? verb + 2 : verb + 1
  const first = tokenAt(source, at)
  if (first.kind === TokenKind.open) {
    context.walkRowsStatement(context, at + 1, first.partner, undefined)
    return
  }
  const { table, next } = readTableName(source, at)
  const direction = wordAt(
    source,
    tokenAt(source, next).kind === TokenKind.open ? skipToken(source, next) : next,
  )
  if (direction === 'from') found.addWrite({ table, action: 'insert' })
  else if (direction === 'to') found.addRead(table)
  else throw new NotUnderstood('COPY has neither FROM nor TO')
}
