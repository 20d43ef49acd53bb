import { describe, expect, it } from 'vitest'
import { analyseStatement, type UnderstoodSql, type SqlDialect } from '../src/index.js'

describe('the summary of a text', () => {
  it('adds up what its statements do to one table', () => {
    const { writtenTables, writesAnything } = understood(
      'INSERT INTO t VALUES (1); DELETE FROM T; DELETE FROM s.t',
    )
    expect(writesAnything).toBe(true)
    expect(writtenTables).toEqual([
      { table: { name: 't' }, inserts: true, updates: false, deletes: true, truncateCascades: false },
      {
        table: { schema: 's', name: 't' },
        inserts: false,
        updates: false,
        deletes: true,
        truncateCascades: false,
      },
    ])
  })

  it.each([
    ['INSERT INTO t VALUES (1)', 'postgresql', 'inserts'],
    ['UPDATE t SET a = 1', 'postgresql', 'updates'],
    ['DELETE FROM t', 'postgresql', 'deletes'],
    ['TRUNCATE t', 'postgresql', 'deletes'],
    ['TRUNCATE t CASCADE', 'postgresql', 'deletes truncateCascades'],
    ['INSERT INTO t VALUES (1) ON CONFLICT (a) DO UPDATE SET b = 1', 'postgresql', 'inserts updates'],
    ['REPLACE INTO t VALUES (1)', 'sqlite', 'inserts updates deletes'],
    ['MERGE INTO t USING u ON true WHEN MATCHED THEN DELETE', 'postgresql', 'inserts updates deletes'],
    ['REFRESH MATERIALIZED VIEW t', 'postgresql', 'inserts updates deletes'],
  ] as [string, SqlDialect, string][])('says of %s (%s): %s', (sql, dialect, expected) => {
    const [{ table, ...how } = { table: undefined }] = understood(sql, dialect).writtenTables
    expect(table).toEqual({ name: 't' })
    const flags = Object.entries(how).flatMap(([name, isSet]) => (isSet ? [name] : []))
    expect(flags.join(' ')).toBe(expected)
  })

  it('says that a definition changes, or that a transaction ends by the way', () => {
    expect(understood('SELECT 1; DROP TABLE t')).toMatchObject({
      changesDefinitions: true,
      writesAnything: true,
    })
    expect(understood('SELECT 1')).toMatchObject({ changesDefinitions: false, controlsTransaction: false })
    expect(understood('SELECT 1; COMMIT').controlsTransaction).toBe(true)
    expect(understood('LOCK TABLES t WRITE', 'mysql').controlsTransaction).toBe(true)
  })

  it('gathers functions, session changes and tables read', () => {
    const summary = understood('SELECT f(1) FROM a; SET ROLE x; SELECT f(2), g() FROM A, b')
    expect(summary).toMatchObject({ calls: ['f', 'g'], session: true })
    expect(summary.readTables).toEqual([{ name: 'a' }, { name: 'b' }])
  })

  it('gives the reason when nothing is known', () => {
    expect(analyseStatement('SELECT 1; CALL p()', 'postgresql')).toEqual({
      kind: 'unknown',
      reason: 'no known statement begins here',
    })
  })

  it('does not understand what is nested by the ten thousand', () => {
    const sql = `SELECT ${'('.repeat(50_000)}a${')'.repeat(50_000)}`
    expect(analyseStatement(sql, 'postgresql').kind).toBe('unknown')
  })
})

function understood(sql: string, dialect: SqlDialect = 'postgresql'): UnderstoodSql {
  const analysis = analyseStatement(sql, dialect)
  if (analysis.kind === 'unknown') throw new Error(analysis.reason)
  return analysis
}
