import { NotUnderstood } from '../not-understood.js'
import { TokenKind, isOperatorAt, skipToken, tokenAt, wordAt, type TokenizedSql } from '../tokens.js'
import type { Context } from '../context.js'
import { walk } from '../walk.js'
import { setOfWords } from '../words.js'
import { setControl } from './transaction.js'

const scopes = setOfWords('session local global persist persist_only')

/** Settings that change how statements run, and nothing that a result can show. */
const withoutEffect = setOfWords(`
  transaction constraints statement_timeout lock_timeout idle_in_transaction_session_timeout
  idle_session_timeout transaction_timeout application_name client_min_messages work_mem maintenance_work_mem
  temp_buffers synchronous_commit commit_delay commit_siblings jit max_parallel_workers_per_gather
  max_parallel_workers random_page_cost seq_page_cost effective_cache_size log_statement log_min_messages
  log_min_duration_statement plan_cache_mode transaction_isolation transaction_read_only tx_isolation
  tx_read_only default_transaction_isolation default_transaction_read_only default_transaction_deferrable
  foreign_key_checks unique_checks innodb_lock_wait_timeout lock_wait_timeout wait_timeout interactive_timeout
  net_read_timeout net_write_timeout max_execution_time max_statement_time sql_log_bin sql_safe_updates
  bulk_insert_buffer_size join_buffer_size sort_buffer_size optimizer_switch optimizer_trace profiling
  max_allowed_packet characteristics`)

/** SET in all its forms. What is not known to be without effect changes the session. */
export function walkSet(context: Context, verb: number, end: number): void {
  const { source, found } = context
  if (source.dialect === 'sqlite') throw new NotUnderstood('SET is not known to this database')
  if (source.dialect === 'mysql') {
    // MariaDB: SET STATEMENT variable = value FOR statement
    if (wordAt(source, verb + 1) === 'statement')
      throw new NotUnderstood('SET STATEMENT runs another statement')
    if (setsAutocommit(context, verb, end)) return
  }
  found.effect = 'harmless'
  found.session = !isWithoutEffect(source, verb, end)
  walk(context, verb + 1, end, { scope: undefined, isQuery: false })
}

function isWithoutEffect(source: TokenizedSql, verb: number, end: number): boolean {
  const at = scopes.has(wordAt(source, verb + 1)) ? verb + 2 : verb + 1
  return withoutEffect.has(wordAt(source, at)) && !assignsSeveral(source, at, end)
}

/** MySQL's `SET a = 1, b = 2`: only the first name was looked at. */
function assignsSeveral(source: TokenizedSql, from: number, end: number): boolean {
  if (source.dialect !== 'mysql') return false
  for (let at = from; at < end; at = skipToken(source, at)) {
    if (tokenAt(source, at).kind === TokenKind.comma) return wordAt(source, from) !== 'transaction'
  }
  return false
}

/** `SET [SESSION] autocommit = …`, `SET @@autocommit = …`, alone. */
function setsAutocommit(context: Context, verb: number, end: number): boolean {
  const { source } = context
  const text = source.sql.slice(tokenAt(source, verb).start, tokenAt(source, end - 1).end)
  if (!/autocommit/i.test(text)) return false
  let at = verb + 1
  if (wordAt(source, at) === 'session' || wordAt(source, at) === 'local') at++
  const token = tokenAt(source, at)
  const name = source.sql.slice(token.start, token.end).toLowerCase()
  if (name === '@@session' || name === '@@local') at += 2
  else if (name !== 'autocommit' && name !== '@@autocommit') throw new NotUnderstood('SET changes autocommit')
  if (isOperatorAt(source, at + 1, ':')) at++
  const value = tokenAt(source, at + 2)
  const enabled = { '1': true, on: true, true: true, '0': false, off: false, false: false }[
    source.sql.slice(value.start, value.end).toLowerCase()
  ]
  const isComplete = isOperatorAt(source, at + 1, '=') && at + 3 === end
  if (!isComplete || enabled === undefined) throw new NotUnderstood('SET changes autocommit')
  setControl(context, { control: 'autocommit', enabled })
  context.found.commitsImplicitly = enabled
  return true
}
