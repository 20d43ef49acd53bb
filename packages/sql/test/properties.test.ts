import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { analyseStatement, type SqlDialect } from '../src/index.js'
import { lexicalModes } from '../src/lexical-mode.js'
import { tokenize } from '../src/tokenizer.js'
import groups from './fixtures/adversarial.json' with { type: 'json' }
import { render } from './render.js'

// Thousands of runs take a while on a busy machine.
vi.setConfig({ testTimeout: 120_000 })

const dialects: SqlDialect[] = ['postgresql', 'mysql', 'sqlite']
const all = (groups as unknown as { cases: [SqlDialect, string, string][] }[]).flatMap(({ cases }) => cases)
// Where white space may not go (E'…' and the string after it, backslashes that two servers read in two ways), or a
// comment that is executed, the text itself is the point.
const stable = all.filter(
  ([, sql, expected]) => expected !== 'unknown' && sql !== '' && !/\\|\/\*M?!/.test(sql),
)

describe('an analysis', () => {
  it('is the same whatever comments, white space and letter case stand between and in the words', () => {
    const filler = fc.constantFrom(' ', '\n', '\t ', ' /* DELETE FROM zz; */ ', ' -- ; UPDATE zz SET a = 1\n')
    const cases = fc.constantFrom(...stable)
    fc.assert(
      fc.property(
        cases,
        fc.array(filler, { minLength: 1, maxLength: 9 }),
        fc.boolean(),
        (picked, fillers, upper) => {
          const [dialect, sql] = picked
          expect(render(analyseStatement(respaced(sql, dialect, fillers, upper), dialect))).toBe(picked[2])
        },
      ),
      { numRuns: 3000 },
    )
  })

  it('neither gains nor loses a write by what stands in quotes and comments', () => {
    const inside = fc
      .array(
        fc.constantFrom(
          'DELETE FROM zz',
          ';',
          ' ',
          'COMMIT',
          'UPDATE zz SET a=1',
          '--',
          '/*',
          '(',
          ')',
          '"',
          '`',
          '#',
        ),
      )
      .map((parts) => parts.join(''))
    const statements = fc.constantFrom(
      ['INSERT INTO t (a) VALUES (@)', 'write insert t'],
      ['SELECT a FROM t WHERE b = @', 'read from t'],
      ['SELECT @ FROM t; DELETE FROM u', 'read from t; write delete u'],
      ['UPDATE t SET a = @ WHERE b IN (@)', 'write update t'],
    )
    fc.assert(
      fc.property(
        fc.constantFrom(...dialects),
        statements,
        inside,
        fc.nat(3),
        (dialect, [sql, expected], text, way) => {
          const value = quoted(text, dialect, way)
          expect(
            render(
              analyseStatement(
                sql.replaceAll('@', () => value),
                dialect,
              ),
            ),
          ).toBe(expected)
        },
      ),
      { numRuns: 3000 },
    )
  })

  it('does not throw, and sees no mere read, when a real write stands in a broken text', () => {
    const write = fc.constantFrom(
      'DELETE FROM zz',
      'UPDATE zz SET a = 1',
      'INSERT INTO zz VALUES (1)',
      'REPLACE INTO zz VALUES (1)',
    )
    const word = fc.constantFrom(
      ...'SELECT FROM WHERE ( ) , ; a t 1 = WITH AS x JOIN ON UNION VALUES INTO FOR BY GROUP . * CASE WHEN THEN END SET EXPLAIN BEGIN LIMIT AND'.split(
        ' ',
      ),
    )
    const garbage = fc.array(word, { maxLength: 12 }).map((words) => words.join(' '))
    fc.assert(
      fc.property(fc.constantFrom(...dialects), garbage, write, garbage, (dialect, before, verb, after) => {
        const analysis = analyseStatement(`${before} ${verb} ${after}`, dialect)
        if (analysis.kind === 'unknown' || hidesNothing(before) || after.startsWith('.')) return
        const isNamed = analysis.writtenTables.some(({ table }) => [table.name, table.schema].includes('zz'))
        expect(isNamed || analysis.changesDefinitions, `${before} ${verb} ${after}`).toBe(true)
      }),
      { numRuns: 10_000 },
    )
  })

  it('does not fail for any text', () => {
    const pieces = fc.constantFrom(...all.map(([, sql]) => sql))
    const broken = fc
      .tuple(pieces, fc.nat(), fc.nat(), fc.string({ unit: 'binary', maxLength: 5 }))
      .map(([sql, from, to, extra]) => {
        return sql.slice(from % (sql.length + 1)) + extra + sql.slice(0, to % (sql.length + 1))
      })
    fc.assert(
      fc.property(
        fc.constantFrom(...dialects),
        fc.oneof(broken, fc.string({ unit: 'binary' })),
        (dialect, sql) => {
          const analysis = analyseStatement(sql, dialect)
          if (analysis.kind === 'unknown') expect(analysis.reason).not.toContain('failed')
        },
      ),
      { numRuns: 5000 },
    )
  })

  it('never turns into one that writes less when the end of a text is cut off', () => {
    fc.assert(
      fc.property(fc.constantFrom(...all), fc.nat(), ([dialect, sql], cut) => {
        const analysis = analyseStatement(sql.slice(0, cut % (sql.length + 1)), dialect)
        if (analysis.kind === 'unknown') return
        const verb = /^\s*(insert|update|delete|merge|truncate|replace)\b/i.exec(sql)?.[1]
        if (verb !== undefined && cut % (sql.length + 1) > verb.length)
          expect(analysis.writesAnything).toBe(true)
      }),
      { numRuns: 5000 },
    )
  })
})

/** Explained without being run, or the name of a column: there a write's words may stand and do nothing. */
function hidesNothing(before: string): boolean {
  return /EXPLAIN[^;]*$|\.$/.test(before)
}

function respaced(sql: string, dialect: SqlDialect, fillers: readonly string[], upper: boolean): string {
  const { tokens } = tokenize(sql, dialect, lexicalModes[dialect][0])
  let text = ''
  let index = 0
  let end = 0
  for (const token of tokens) {
    const between = sql.slice(end, token.start)
    // A space of its own may be added only where one was: `a ?| b` and `::` stay in one piece.
    text += between === '' ? '' : between + fillers[index++ % fillers.length]!
    const part = sql.slice(token.start, token.end)
    text += !/^\w+$/.test(part) || token.word === '' ? part : upper ? part.toUpperCase() : part.toLowerCase()
    end = token.end
  }
  return text
}

function quoted(text: string, dialect: SqlDialect, way: number): string {
  const string = `'${text.replaceAll("'", "''")}'`
  if (way === 1) return `1 /* ${text.replaceAll('*', '').replaceAll('/', '')} */`
  if (way === 2) return `1 -- ${text}\n`
  if (way === 3 && dialect === 'postgresql') return `$q$${text}$q$`
  return string
}
