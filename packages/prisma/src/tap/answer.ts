import type { StatementAnswer } from '@freshet/core/adapter'

/** What driver adapters give back for a statement that may return rows. */
interface ResultSet {
  readonly rows?: unknown
  readonly lastInsertId?: unknown
}

// Others may say 0 where they do not know.
const counting: ReadonlySet<string> = new Set([
  '@prisma/adapter-pg',
  '@prisma/adapter-mariadb',
  '@prisma/adapter-better-sqlite3',
])

/** What the answer of a driver adapter tells of the rows that a statement concerned. */
export function answerOf(result: unknown, adapterName: string): StatementAnswer {
  if (typeof result === 'number' && counting.has(adapterName)) return { affected: result }
  if (typeof result !== 'object' || result === null) return nothingTold
  const { rows, lastInsertId } = result as ResultSet
  return { returned: Array.isArray(rows) ? rows : undefined, generatedKey: lastInsertId }
}

const nothingTold: StatementAnswer = Object.freeze({})
