import { createStatementAnalyser } from './analyser.js'
import type { SqlDialect } from './dialect.js'
import type { StatementAnalysis, StatementFacts, TransactionControl, UnderstoodSql } from './facts.js'
import type { TableChange } from './write-closure.js'

/** What one text that passes a driver is to a cache. */
export interface Statement {
  readonly sql: string
  /** `end` ends a transaction; `harmless` changes no row; what is not understood is a `write`. */
  readonly kind: 'read' | 'write' | 'harmless' | 'begin' | 'end'
  /** Of kind `end`: whether it commits. */
  readonly isCommit: boolean
  /** What it writes; `unknown`: anything. */
  readonly writes: readonly TableChange[] | 'unknown'
  /** Why `writes` is `unknown`. */
  readonly unknownReason: string | undefined
  /** The functions because of which alone it counts as a write. */
  readonly suspectCalls: readonly string[]
  /** One statement, understood: an error of the server's proves that it did nothing. */
  readonly isSingle: boolean
  /** Whether later statements of the session may see other rows. */
  readonly changesSession: boolean
  /** A temporary table or view is made, which hides what has its name, from this session alone. */
  readonly hidesTables: boolean
  /** MySQL: an open transaction is committed by the way, even if the statement itself is refused. */
  readonly commitsImplicitly: boolean
  /** Inside a transaction: it may end it, or end it and begin another, and nobody can tell. */
  readonly mayEndTransaction: boolean
  /** SQLite: outside a transaction a savepoint begins one, and releasing it commits. */
  readonly savepoint: 'set' | 'released' | undefined
}

/** Tells statements apart, remembering what it has seen: the same text is the same object as long as it is remembered. */
export function createClassifier(dialect: SqlDialect): (sql: string) => Statement {
  const analyser = createStatementAnalyser({ dialect })
  const statements = new WeakMap<StatementAnalysis, Statement>()
  // In front of these: comparing a text with the last one that looked like it is a fraction of hashing it.
  const recent = new Array<Statement | undefined>(recentTexts).fill(undefined)
  return (sql) => {
    const place = placeOf(sql)
    const last = recent[place]
    if (last !== undefined && last.sql === sql) return last
    const analysis = analyser.analyse(sql)
    let statement = statements.get(analysis)
    if (statement === undefined) statements.set(analysis, (statement = classify(sql, analysis)))
    if (sql.length <= maxRecentLength) recent[place] = statement
    return statement
  }
}

const recentTexts = 256
// Together no more than an eighth of what is remembered anyway.
const maxRecentLength = 4096

/** Texts of one length are told apart by eight of their characters. */
function placeOf(sql: string): number {
  const { length } = sql
  let place = length
  for (let part = 0; part < 8; part++) place = (place * 31 + sql.charCodeAt((length * part) >> 3)) | 0
  return place & (recentTexts - 1)
}

const base = {
  isCommit: false,
  writes: [],
  unknownReason: undefined,
  suspectCalls: [],
  isSingle: true,
  changesSession: false,
  hidesTables: false,
  commitsImplicitly: false,
  mayEndTransaction: false,
  savepoint: undefined,
} satisfies Partial<Statement>

function classify(sql: string, analysis: StatementAnalysis): Statement {
  if (analysis.kind === 'unknown')
    return { ...anything(sql, analysis.reason), isSingle: false, mayEndTransaction: true }
  const [first] = analysis.statements
  const isOne = analysis.statements.length === 1
  if (first?.transaction !== undefined && isOne) return control(sql, first, first.transaction)
  return {
    ...effect(sql, analysis, isOne),
    isSingle: isOne && !mayStopHalfWay(sql),
    changesSession: analysis.session && !(isOne && isLocalSetting(sql)),
    hidesTables: analysis.statements.some((facts) => facts.temporary !== undefined),
    commitsImplicitly: analysis.statements.some((facts) => facts.commitsImplicitly),
    mayEndTransaction: !isOne && analysis.controlsTransaction,
  }
}

function effect(sql: string, analysis: UnderstoodSql, isSingle: boolean): Statement {
  if (!isSingle && analysis.controlsTransaction)
    return anything(sql, 'it controls a transaction among other statements')
  if (analysis.changesDefinitions) return anything(sql, 'it changes definitions')
  if (analysis.calls.length > 0) {
    const suspectCalls = analysis.writesAnything ? [] : analysis.calls
    return {
      ...anything(sql, `it calls ${analysis.calls.join(', ')}, which may write anything`),
      suspectCalls,
    }
  }
  if (analysis.writesAnything) return { ...base, sql, kind: 'write', writes: writesOf(analysis) }
  return {
    ...base,
    sql,
    kind: analysis.statements.some((facts) => facts.effect === 'read') ? 'read' : 'harmless',
  }
}

const anything = (sql: string, unknownReason: string): Statement => ({
  ...base,
  sql,
  kind: 'write',
  writes: 'unknown',
  unknownReason,
})

function control(sql: string, facts: StatementFacts, transaction: TransactionControl): Statement {
  const { commitsImplicitly } = facts
  switch (transaction.control) {
    case 'begin':
      return { ...base, sql, kind: 'begin', commitsImplicitly }
    case 'commit':
    case 'rollback':
      return transaction.chain
        ? { ...anything(sql, 'it ends a transaction and begins another'), mayEndTransaction: true }
        : { ...base, sql, kind: 'end', isCommit: transaction.control === 'commit' }
    case 'autocommit':
      // Where it is on already, it commits nothing.
      return transaction.enabled
        ? { ...base, sql, kind: 'end', isCommit: true, mayEndTransaction: true }
        : { ...base, sql, kind: 'begin' }
    case 'prepare':
      return {
        ...anything(sql, 'it prepares a transaction that is ended elsewhere'),
        mayEndTransaction: true,
      }
    case 'savepoint':
      return { ...base, sql, kind: 'harmless', savepoint: 'set' }
    case 'release':
      return { ...base, sql, kind: 'harmless', savepoint: 'released' }
    case 'rollbackTo':
      // What was written before a savepoint's rollback stays among the written: too much, never too little.
      return { ...base, sql, kind: 'harmless' }
  }
}

function writesOf(analysis: UnderstoodSql): readonly TableChange[] {
  return analysis.statements.flatMap((facts) => facts.writes.map(toChange))
}

function toChange({ table, action, columns }: StatementFacts['writes'][number]): TableChange {
  switch (action) {
    case 'insert':
    case 'update':
    case 'delete':
    case 'truncate':
    case 'upsert':
    case 'replace':
      return { table: table.name, action, columns }
    case 'merge':
    case 'refresh':
    case 'create':
      return { table: table.name, action: 'unknown' }
  }
}

/** SQLite's `UPDATE OR FAIL` keeps the rows that were changed before the one that was refused. */
const mayStopHalfWay = (sql: string): boolean => /\b(?:or|conflict)\s+fail\b/i.test(sql)

/** A setting that ends with its transaction. Reads inside transactions are not cached, so it changes no cached answer. */
function isLocalSetting(sql: string): boolean {
  if (/^\s*set\s+local\b/i.test(sql)) return true
  const calls = sql.match(/\bset_config\b/gi)?.length ?? 0
  const local = sql.match(/\bset_config\s*\([^()]*,\s*(?:true|'t(?:rue)?'|'on')\s*\)/gi)?.length ?? 0
  return calls > 0 && calls === local
}
