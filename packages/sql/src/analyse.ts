import type { SqlDialect } from './dialect.js'
import type { StatementAnalysis, StatementFacts } from './facts.js'
import { NotUnderstood } from './not-understood.js'
import { statementRanges } from './split.js'
import { statementFacts } from './statement.js'
import { summarize } from './summary.js'
import { lexicalModes } from './lexical-mode.js'
import { tokenize, tokenizeIfReadable } from './tokenizer.js'
import type { TokenizedSql } from './tokens.js'

/**
 * What a SQL text reads and writes. It never throws: a text that is not understood, in whole or in part, is a
 * result of its own, and the caller takes it to touch everything.
 *
 * Where a dialect leaves a choice, the answer is the wider one. Where it depends on a setting of the server that a
 * quote ends (`standard_conforming_strings`, `NO_BACKSLASH_ESCAPES`, `ANSI_QUOTES`) or a comment runs (`/*! *\/`),
 * the text counts as understood only if every setting that can read it gives the same answer.
 *
 * @example
 * analyseStatement('DELETE FROM "public"."Post" WHERE id = $1', 'postgresql')
 * // { kind: 'understood', writtenTables: [{ table: { schema: 'public', name: 'post' }, deletes: true, … }], … }
 */
export function analyseStatement(sql: string, dialect: SqlDialect): StatementAnalysis {
  try {
    return summarize(agreedFacts(sql, dialect))
  } catch (error) {
    if (error instanceof NotUnderstood) return { kind: 'unknown', reason: error.message }
    // A mistake of ours must widen what is invalidated, not fail the query that brought the text here.
    return { kind: 'unknown', reason: `the analysis failed: ${String(error)}` }
  }
}

function agreedFacts(sql: string, dialect: SqlDialect): StatementFacts[] {
  const [usual, ...others] = lexicalModes[dialect]
  const tokenized = tokenize(sql, dialect, usual)
  const facts = allFacts(tokenized)
  if (!tokenized.ambiguous) return facts
  const expected = JSON.stringify(facts)
  for (const mode of others) {
    const other = tokenizeIfReadable(sql, dialect, mode)
    if (other !== undefined && JSON.stringify(allFacts(other)) !== expected) {
      throw new NotUnderstood('what the text does depends on how the server reads backslashes and comments')
    }
  }
  return facts
}

function allFacts(tokenized: TokenizedSql): StatementFacts[] {
  return statementRanges(tokenized).map(({ from, end }) => statementFacts(tokenized, from, end))
}
