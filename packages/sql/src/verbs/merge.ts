import { NotUnderstood } from '../not-understood.js'
import type { Scope } from '../scope.js'
import { readTarget } from '../target.js'
import { wordAt } from '../tokens.js'
import type { Context } from '../context.js'
import { walk } from '../walk.js'

/** `MERGE INTO [ONLY] t [AS x] USING … ON … WHEN … THEN …` */
export function walkMerge(context: Context, verb: number, end: number, scope: Scope | undefined): void {
  const { source, found } = context
  if (source.dialect !== 'postgresql') throw new NotUnderstood('MERGE is not known to this database')
  const { table, next } = readTarget(source, wordAt(source, verb + 1) === 'into' ? verb + 2 : verb + 1)
  found.addWrite({ table, action: 'merge' })
  walk(context, next, end, { scope, isQuery: true, usingBeginsTables: true, isMerge: true })
}
