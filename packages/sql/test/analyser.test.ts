import { describe, expect, it } from 'vitest'
import { analyseStatement, createStatementAnalyser } from '../src/index.js'

describe('a statement analyser', () => {
  it('answers as the analysis itself does', () => {
    const analyser = createStatementAnalyser({ dialect: 'mysql' })
    const sql = 'DELETE a FROM users a JOIN posts p ON a.id = p.user_id'
    expect(analyser.analyse(sql)).toEqual(analyseStatement(sql, 'mysql'))
  })

  it('analyses a text once and hands out the same frozen result', () => {
    const { analyse } = createStatementAnalyser({ dialect: 'sqlite' })
    const first = analyse('UPDATE t SET a = 1 WHERE id = 2')
    expect(analyse('UPDATE t SET a = 1 WHERE id = 2')).toBe(first)
    expect(Object.isFrozen(first)).toBe(true)
    if (first.kind === 'unknown') throw new Error(first.reason)
    expect(Object.isFrozen(first.statements[0]?.writes[0]?.table)).toBe(true)
  })

  it('forgets the least recently used text when it holds too many', () => {
    const { analyse } = createStatementAnalyser({ dialect: 'sqlite', maxEntries: 2 })
    const first = analyse('SELECT 1')
    const second = analyse('SELECT 2')
    analyse('SELECT 1')
    analyse('SELECT 3')
    expect(analyse('SELECT 1')).toBe(first)
    expect(analyse('SELECT 2')).not.toBe(second)
  })

  it('forgets texts when they are too long together', () => {
    const { analyse } = createStatementAnalyser({ dialect: 'sqlite', maxTotalLength: 30 })
    const first = analyse('SELECT 1 FROM table_one')
    analyse('SELECT 2 FROM table_two')
    expect(analyse('SELECT 1 FROM table_one')).not.toBe(first)
  })

  it('analyses a long text without remembering it', () => {
    const { analyse } = createStatementAnalyser({ dialect: 'postgresql', maxTextLength: 20 })
    const sql = 'DELETE FROM a_long_table_name'
    const first = analyse(sql)
    expect(first.kind).toBe('understood')
    expect(analyse(sql)).not.toBe(first)
    expect(analyse(sql)).toEqual(first)
  })

  it('remembers a text that was not understood', () => {
    const { analyse } = createStatementAnalyser({ dialect: 'postgresql' })
    expect(analyse('FROBNICATE x')).toBe(analyse('FROBNICATE x'))
  })

  it.each([0, -1, 1.5, Number.NaN])('refuses %s as a bound', (bound) => {
    expect(() => createStatementAnalyser({ dialect: 'sqlite', maxEntries: bound })).toThrow(RangeError)
    expect(() => createStatementAnalyser({ dialect: 'sqlite', maxTextLength: bound })).toThrow(RangeError)
    expect(() => createStatementAnalyser({ dialect: 'sqlite', maxTotalLength: bound })).toThrow(RangeError)
  })
})
