import { Collector } from './collector.js'
import type { StatementFacts } from './facts.js'
import { readTableName } from './names.js'
import { NotUnderstood } from './not-understood.js'
import { walkRowsStatement } from './rows-statement.js'
import { TokenKind, tokenAt, wordAt, type TokenizedSql } from './tokens.js'
import { walkCopy } from './verbs/copy.js'
import { walkCreate } from './verbs/create.js'
import { walkExplain } from './verbs/explain.js'
import { walkLoadData } from './verbs/load-data.js'
import { walkPragma } from './verbs/pragma.js'
import { walkSet } from './verbs/set.js'
import { beginTransaction, endTransaction, savepoint, setControl } from './verbs/transaction.js'
import { walkTruncate } from './verbs/truncate.js'
import type { Context } from './context.js'
import { walk } from './walk.js'
import { setOfWords } from './words.js'

type Verb = (context: Context, verb: number, end: number) => void

const rows: Verb = (context, verb, end) => void walkRowsStatement(context, verb, end, undefined)

/** Statements of each verb. A verb that is missing here is not understood. */
const verbs = new Map<string, Verb>()

function define(words: string, verb: Verb): void {
  for (const word of setOfWords(words)) verbs.set(word, verb)
}

define('select values table with insert replace update delete merge', rows)
define('truncate', walkTruncate)
define('copy', walkCopy)
define('load', walkLoadData)
define('explain desc describe', walkExplain)
define('begin start', beginTransaction)
define('commit end rollback abort', endTransaction)
define('savepoint', (context, verb, end) => savepoint(context, 'savepoint', verb, end))
define('release', (context, verb, end) => savepoint(context, 'release', verb, end))
define('set', walkSet)
define('pragma', walkPragma)
define('create', walkCreate)

// ATTACH and DETACH change which file a schema's name stands for; CLUSTER, REINDEX and REPAIR are rare, and an
// index that was broken gives other rows afterwards.
define(
  'alter drop rename comment grant revoke import security reassign attach detach cluster reindex repair',
  ddl,
)

// Nothing that a result can show is changed. ANALYZE and LOCK have forms of their own.
define(
  'show listen unlisten notify vacuum checkpoint checksum deallocate close fetch move help handler kill',
  inert,
)
define('lock unlock flush optimize check cache', (context, verb, end) => {
  inert(context, verb, end)
  context.found.commitsImplicitly = context.source.dialect === 'mysql'
})

define('reset discard use', (context, verb, end) => {
  inert(context, verb, end)
  context.found.session = true
})

define('do', (context, verb, end) => {
  if (context.source.dialect !== 'mysql') throw new NotUnderstood('DO runs code that cannot be seen')
  // MySQL's DO evaluates expressions, such as RELEASE_LOCK('x').
  walk(context, verb + 1, end, { scope: undefined, isQuery: false })
  if (context.found.calls.length > 0) throw new NotUnderstood('DO calls a function that is not known')
  context.found.effect = 'harmless'
})

define('analyze analyse', (context, verb, end) => {
  const next = wordAt(context.source, verb + 1)
  const runsStatement =
    context.source.dialect === 'mysql' && !/^(?:table|local|no_write_to_binlog)$/.test(next)
  // MariaDB's ANALYZE statement runs it.
  if (runsStatement) return walkExplain(context, verb, end)
  inert(context, verb, end)
  context.found.commitsImplicitly = context.source.dialect === 'mysql'
})

define('refresh', ({ source, found }, verb, end) => {
  if (wordAt(source, verb + 1) !== 'materialized' || wordAt(source, verb + 2) !== 'view') {
    throw new NotUnderstood('REFRESH refreshes something unknown')
  }
  const { table, next } = readTableName(
    source,
    wordAt(source, verb + 3) === 'concurrently' ? verb + 4 : verb + 3,
  )
  if (next > end) throw new NotUnderstood('REFRESH names no view')
  found.addWrite({ table, action: 'refresh' })
})

define('prepare', (context, verb) => {
  if (
    wordAt(context.source, verb + 1) === 'transaction' &&
    tokenAt(context.source, verb + 2).kind === TokenKind.string
  ) {
    return setControl(context, { control: 'prepare' })
  }
  // What is prepared runs with EXECUTE, which is not understood.
  context.found.effect = 'harmless'
})

define('declare', (context, verb, end) => {
  const { source } = context
  for (let at = verb + 1; at < end; at++) {
    if (wordAt(source, at) !== 'for') continue
    walkRowsStatement(context, at + 1, end, undefined)
    return
  }
  throw new NotUnderstood('DECLARE declares something unknown')
})

define('xa', (context, verb) => {
  if (wordAt(context.source, verb + 1) !== 'recover')
    throw new NotUnderstood('XA transactions are not followed')
  context.found.effect = 'harmless'
})

function inert({ source, found }: Context, verb: number, end: number): void {
  found.effect = 'harmless'
  for (let at = verb + 1; at < end; at++) {
    // SHOW … WHERE f(): rare enough not to be looked at more closely.
    if (wordAt(source, at) === 'select') throw new NotUnderstood('a query stands where it is not expected')
  }
}

function ddl(context: Context, verb: number): void {
  const { source, found } = context
  const isPrepared = wordAt(source, verb) === 'drop' && wordAt(source, verb + 1) === 'prepare'
  const isTemporary = source.dialect === 'mysql' && wordAt(source, verb + 1) === 'temporary'
  found.effect = isPrepared || isTemporary ? 'harmless' : 'ddl'
  found.commitsImplicitly = source.dialect === 'mysql' && found.effect === 'ddl'
}

/**
 * The facts of the one statement that fills tokens `from` up to `end`.
 *
 * @throws {NotUnderstood}
 */
export function statementFacts(source: TokenizedSql, from: number, end: number): StatementFacts {
  const found = new Collector()
  const context: Context = { source, found, walkRowsStatement }
  const word = wordAt(source, from)
  found.verb = word === '' ? 'select' : word
  if (tokenAt(source, from).kind === TokenKind.open) rows(context, from, end)
  else run(context, word, from, end)
  return found.facts()
}

function run(context: Context, word: string, from: number, end: number): void {
  const verb = verbs.get(word)
  if (verb === undefined) throw new NotUnderstood('no known statement begins here')
  verb(context, from, end)
}
