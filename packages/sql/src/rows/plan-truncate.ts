import { NotUnderstood } from '../not-understood.js'
import { readTarget } from '../target.js'
import { TokenKind, tokenAt, wordAt } from '../tokens.js'
import type { WholeStatement } from './plan-write.js'
import type { WritePlan } from './write-plan.js'

/** `TRUNCATE [TABLE] t`; of several tables each would have a plan of its own. */
export function planTruncate({ source, verb, end }: WholeStatement): WritePlan {
  const { table, next } = readTarget(source, wordAt(source, verb + 1) === 'table' ? verb + 2 : verb + 1)
  for (let at = next; at < end; at++) {
    if (tokenAt(source, at).kind === TokenKind.comma) throw new NotUnderstood('it empties several tables')
  }
  return { kind: 'truncate', table }
}
