import { readFileSync, readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { analyseStatement, type SqlDialect } from '../src/index.js'
import { renderTable } from './render.js'

interface Fixture {
  readonly dialect: SqlDialect
  readonly source: string
  readonly statements: readonly {
    readonly operation: string
    readonly sql: string
    readonly effect: string
    readonly reads: readonly string[]
    readonly writes: readonly string[]
  }[]
}

const folder = new URL('./fixtures/', import.meta.url)
const files = readdirSync(folder).filter((name) => name.startsWith('prisma-') || name.startsWith('typeorm-'))

// The statements were taken from the drivers of running ORMs. What each reads and writes was worked out by other
// parsers (libpg-query for PostgreSQL, sql-parser-cst for the others) and compared by hand where they could not.
describe.each(files)('every statement of %s', (file) => {
  const fixture = JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as Fixture

  it('is understood, with the tables that another parser finds', () => {
    expect(fixture.statements.length).toBeGreaterThan(80)
    for (const { sql, effect, reads, writes } of fixture.statements) {
      const found = analyse(sql, fixture.dialect)
      expect({ sql, ...found }).toEqual({ sql, effect, reads, writes })
    }
  })

  it('calls no function that is not known to be harmless', () => {
    for (const { sql } of fixture.statements) {
      const analysis = analyseStatement(sql, fixture.dialect)
      expect(analysis.kind === 'understood' && analysis.calls, sql).toEqual([])
    }
  })
})

function analyse(sql: string, dialect: SqlDialect) {
  const analysis = analyseStatement(sql, dialect)
  if (analysis.kind === 'unknown') return { effect: 'unknown', reads: [], writes: [] }
  return {
    effect: analysis.statements[0]?.effect,
    reads: analysis.readTables.map(renderTable).sort(),
    writes: analysis.statements
      .flatMap(({ writes }) => writes.map(({ action, table }) => `${action} ${renderTable(table)}`))
      .sort(),
  }
}
