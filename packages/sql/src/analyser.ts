import { LRUCache } from 'lru-cache'
import { analyseStatement } from './analyse.js'
import type { SqlDialect } from './dialect.js'
import type { StatementAnalysis } from './facts.js'

/** How much a {@link StatementAnalyser} remembers. */
export interface StatementAnalyserOptions {
  /** The language of all texts given to this analyser. */
  readonly dialect: SqlDialect
  /** How many texts are remembered, the least recently used forgotten first. Default 2000. */
  readonly maxEntries?: number
  /** Texts longer than this, in UTF-16 code units, are analysed each time. Default 65536. */
  readonly maxTextLength?: number
  /** How long all remembered texts may be together, in UTF-16 code units. Default 8388608. */
  readonly maxTotalLength?: number
}

/** Analyses texts of one dialect, each once while it is remembered. */
export interface StatementAnalyser {
  readonly dialect: SqlDialect
  /** As {@link analyseStatement}. The result is shared between callers and frozen. */
  analyse(sql: string): StatementAnalysis
}

/**
 * Creates an analyser with a bounded memory.
 *
 * @throws {RangeError} if a bound is not a positive integer.
 *
 * @example
 * const analyser = createStatementAnalyser({ dialect: 'sqlite' })
 * const analysis = analyser.analyse('UPDATE post SET views = views + 1 WHERE id = ?')
 */
export function createStatementAnalyser(options: StatementAnalyserOptions): StatementAnalyser {
  const { dialect } = options
  const maxTextLength = positive('maxTextLength', options.maxTextLength ?? 65_536)
  const remembered = new LRUCache<string, StatementAnalysis>({
    max: positive('maxEntries', options.maxEntries ?? 2000),
    maxSize: positive('maxTotalLength', options.maxTotalLength ?? 8_388_608),
    sizeCalculation: (_analysis, sql) => sql.length + 1,
  })
  return {
    dialect,
    analyse(sql) {
      const known = remembered.get(sql)
      if (known !== undefined) return known
      const analysis = deepFreeze(analyseStatement(sql, dialect))
      if (sql.length <= maxTextLength) remembered.set(sql, analysis)
      return analysis
    },
  }
}

function positive(name: string, value: number): number {
  if (Number.isSafeInteger(value) && value > 0) return value
  throw new RangeError(
    `${name} must be a positive integer, but is ${String(value)}. Give a number of at least 1.`,
  )
}

function deepFreeze<T extends object>(value: T): T {
  for (const part of Object.values(value)) {
    if (typeof part === 'object' && part !== null && !Object.isFrozen(part)) deepFreeze(part as object)
  }
  return Object.freeze(value)
}
