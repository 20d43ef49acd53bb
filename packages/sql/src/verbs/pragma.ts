import { nameAt } from '../names.js'
import { NotUnderstood } from '../not-understood.js'
import { TokenKind, isOperatorAt, tokenAt } from '../tokens.js'
import type { Context } from '../context.js'
import { setOfWords } from '../words.js'

/** Pragmas that, whatever they are given, change neither a row nor the answer of a query. */
const harmless = setOfWords(`
  analysis_limit application_id auto_vacuum automatic_index busy_timeout cache_size cache_spill cell_size_check
  checkpoint_fullfsync collation_list compile_options data_version database_list defer_foreign_keys
  foreign_key_check foreign_key_list foreign_keys freelist_count fullfsync function_list hard_heap_limit
  incremental_vacuum index_info index_list index_xinfo integrity_check journal_mode journal_size_limit
  legacy_alter_table locking_mode max_page_count mmap_size module_list optimize page_count page_size pragma_list
  query_only quick_check recursive_triggers secure_delete shrink_memory soft_heap_limit synchronous table_info
  table_list table_xinfo temp_store threads trusted_schema user_version wal_autocheckpoint wal_checkpoint
  ignore_check_constraints`)

/** Pragmas that change what later queries of the connection answer. */
const ofSession = setOfWords(`
  case_sensitive_like reverse_unordered_selects read_uncommitted count_changes empty_result_callbacks
  full_column_names short_column_names encoding`)

/** SQLite's `PRAGMA [schema.]name [= value | (value)]`. Reading a setting is always harmless. */
export function walkPragma({ source, found }: Context, verb: number, end: number): void {
  if (source.dialect !== 'sqlite') throw new NotUnderstood('PRAGMA is not known to this database')
  const isQualified = tokenAt(source, verb + 2).kind === TokenKind.dot
  const at = isQualified ? verb + 3 : verb + 1
  const name = nameAt(source, at)
  const sets = isOperatorAt(source, at + 1, '=') || tokenAt(source, at + 1).kind === TokenKind.open
  if (!sets && at + 1 !== end) throw new NotUnderstood('PRAGMA is written in an unknown way')
  if (sets && !harmless.has(name) && !ofSession.has(name)) {
    throw new NotUnderstood('PRAGMA sets something that may change what is stored')
  }
  found.effect = 'harmless'
  found.session = sets && ofSession.has(name)
}
