import type { TransactionControl } from '../facts.js'
import { nameAt } from '../names.js'
import { NotUnderstood } from '../not-understood.js'
import { TokenKind, isNameAt, tokenAt, wordAt } from '../tokens.js'
import type { Context } from '../context.js'
import { setOfWords } from '../words.js'

const modes = setOfWords(`
  work transaction deferred immediate exclusive concurrent isolation level read write only committed uncommitted
  repeatable serializable snapshot not deferrable with consistent`)

/** `BEGIN …` and `START TRANSACTION …`. */
export function beginTransaction(context: Context, verb: number, end: number): void {
  if (wordAt(context.source, verb) === 'start' && wordAt(context.source, verb + 1) !== 'transaction') {
    throw new NotUnderstood('START starts something unknown')
  }
  for (let at = verb + 1; at < end; at++) {
    const isMode =
      modes.has(wordAt(context.source, at)) || tokenAt(context.source, at).kind === TokenKind.comma
    // MariaDB's BEGIN NOT ATOMIC is a block of statements.
    if (!isMode) throw new NotUnderstood('BEGIN begins something unknown')
  }
  setControl(context, { control: 'begin' })
  context.found.commitsImplicitly = context.source.dialect === 'mysql'
}

/** `COMMIT`, `END`, `ROLLBACK`, `ABORT`, with `AND CHAIN`, and `ROLLBACK TO`. */
export function endTransaction(context: Context, verb: number, end: number): void {
  const { source } = context
  const word = wordAt(source, verb)
  const control = word === 'commit' || word === 'end' ? 'commit' : 'rollback'
  let at = verb + 1
  if (wordAt(source, at) === 'work' || wordAt(source, at) === 'transaction') at++
  if (control === 'rollback' && wordAt(source, at) === 'to') return savepoint(context, 'rollbackTo', at, end)
  const rest = wordsBetween(context, at, end)
  const chain = /^and chain(?: no release)?$/.test(rest)
  if (!chain && !/^(?:and no chain)? ?(?:(?:no )?release)?$/.test(rest)) {
    throw new NotUnderstood(`${word.toUpperCase()} ends something unknown`)
  }
  setControl(context, { control, chain })
}

/** `SAVEPOINT x`, `RELEASE [SAVEPOINT] x`, and the end of `ROLLBACK TO [SAVEPOINT] x`, of which `verb` is the last word. */
export function savepoint(
  context: Context,
  control: 'savepoint' | 'release' | 'rollbackTo',
  verb: number,
  end: number,
): void {
  const { source } = context
  const hasWord = control !== 'savepoint' && wordAt(source, verb + 1) === 'savepoint' && verb + 2 < end
  const at = hasWord ? verb + 2 : verb + 1
  if (at + 1 !== end || !isNameAt(source, at)) throw new NotUnderstood('a savepoint has no name')
  setControl(context, { control, name: nameAt(source, at) })
}

/** Takes down what the statement does to the transaction. */
export function setControl(context: Context, control: TransactionControl): void {
  context.found.effect = 'transaction'
  context.found.transaction = control
}

function wordsBetween({ source }: Context, from: number, end: number): string {
  let words = ''
  for (let at = from; at < end; at++) words += `${at > from ? ' ' : ''}${wordAt(source, at) || '?'}`
  return words
}
