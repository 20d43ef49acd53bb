import { expect, test } from 'vitest'
import { applyWrite, planWrite } from '../../src/index.js'
import { posts } from './tables.js'
import { writeCases } from './write-cases.js'

test.each(writeCases)(
  '$about ($dialect)',
  ({ dialect, sql, values, uniqueKeys, hasRowSecurity, ...expected }) => {
    const plan = planWrite(sql, dialect)
    const write = applyWrite(
      plan,
      { parameters: undefined, ...values },
      posts(dialect, uniqueKeys, hasRowSecurity),
    )
    if (expected.kind !== undefined) expect(write.kind).toBe(expected.kind)
    if ('assigned' in expected) expect(write.assigned).toEqual(expected.assigned)
    for (const [key, values] of Object.entries(expected.touched ?? {})) {
      expect({ [key]: write.touched(key.split(',')) }).toEqual({ [key]: values })
    }
    for (const [key, values] of Object.entries(expected.entering ?? {})) {
      expect({ [key]: write.entering(key.split(',')) }).toEqual({ [key]: values })
    }
    const excludes = (row: Readonly<Record<string, unknown>>) =>
      write.condition()?.excludes((name) => row[name]) === true
    expect(expected.excluded?.filter((row) => !excludes(row)) ?? []).toEqual([])
    expect(expected.chosen?.filter(excludes) ?? []).toEqual([])
    const includes = (row: Readonly<Record<string, unknown>>) =>
      write.condition()?.includes?.((name) => row[name]) === true
    expect(expected.certain?.filter((row) => !includes(row)) ?? []).toEqual([])
    expect(expected.uncertain?.filter(includes) ?? []).toEqual([])
  },
)

test('a table that is not known is touched as a whole', () => {
  const write = applyWrite(
    planWrite('DELETE FROM post WHERE id = 1', 'sqlite'),
    { parameters: [] },
    undefined,
  )
  expect(write.kind).toBe('unknown')
  expect(write.table).toEqual({ name: 'post' })
  expect(write.touched(['id'])).toBeUndefined()
})

test('more keys than the bound are as good as any', () => {
  const ids = Array.from({ length: 1001 }, (_, index) => index)
  const plan = planWrite('DELETE FROM post WHERE id = ANY($1)', 'postgresql')
  const touched = (list: readonly number[]) =>
    applyWrite(plan, { parameters: [list] }, posts('postgresql')).touched(['id'])
  expect(touched(ids)).toBeUndefined()
  expect(touched(ids.slice(1))).toHaveLength(1000)
})

test.each([
  ['UPDATE post SET title = $1 WHERE id = $2', false],
  ['DELETE FROM post WHERE id = $2', false],
  ['UPDATE post SET title = $1 WHERE id = $2 RETURNING id', true],
  ['DELETE FROM post WHERE id = $2 RETURNING *', true],
  ['INSERT INTO post (title) VALUES ($1)', true],
])('whether its answer may tell more of its keys: %s', (sql, mayTellMore) => {
  const write = applyWrite(planWrite(sql, 'postgresql'), { parameters: ['t', 1] }, posts('postgresql'))
  expect(write.mayTellMore).toBe(mayTellMore)
})
