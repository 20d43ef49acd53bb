import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const EXAMPLE = fileURLToPath(new URL('../../examples/prisma-storefront', import.meta.url))
const SMALL_SHOP = ['--scale', '0.05', '--actions', '300', '--visitors', '8']

/** As `npm start` runs it, in a process of its own. */
function runStorefront(...options: string[]) {
  return spawnSync('npm', ['run', '--silent', 'start', '--', ...options], { cwd: EXAMPLE, encoding: 'utf8' })
}

describe('the storefront', { timeout: 120_000 }, () => {
  it('answers from the cache and never with anything stale', () => {
    const { status, stdout, stderr } = runStorefront('--json', '--writes', '10', ...SMALL_SHOP)
    expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' })
    const result = JSON.parse(stdout)
    expect(result.staleAnswers).toBe(0)
    expect(result.comparedAnswers).toBeGreaterThan(0)
    expect(result.hits).toBeGreaterThan(0)
    expect(result.dbQueriesCached).toBeLessThan(result.dbQueriesUncached)
    expect(result.writeRatio).toBeGreaterThan(0.03)
  })

  it('prints every field of its result as a number, and rows that add up to the totals', () => {
    const result = JSON.parse(runStorefront('--json', ...SMALL_SHOP).stdout)
    for (const field of [
      'reads',
      'hits',
      'writes',
      'medianUncachedUs',
      'medianCachedUs',
      'secondsUncached',
    ]) {
      expect(result[field], field).toBeTypeOf('number')
    }
    const total = (kind: string, field: string): number =>
      result.operations
        .filter((row: { kind: string }) => row.kind === kind)
        .reduce((sum: number, row: Record<string, number>) => sum + (row[field] ?? Number.NaN), 0)
    expect(total('read', 'calls')).toBe(result.reads)
    expect(total('write', 'calls')).toBe(result.writes)
    expect(total('read', 'dbQueriesCached') + total('write', 'dbQueriesCached')).toBe(result.dbQueriesCached)
  })

  it('prints a table without --json', () => {
    const { stdout } = runStorefront(...SMALL_SHOP)
    expect(stdout).toContain('product: page')
    expect(stdout).toContain('Stale answers    0 of')
  })

  it('explains itself on --help', () => {
    const { status, stdout } = runStorefront('--help')
    expect(status).toBe(0)
    expect(stdout).toContain('--visitors <n>')
  })

  it.each([
    ['--vistors', '3'],
    ['--visitors', '0'],
    ['--actions', '1.5'],
    ['--writes', 'many'],
  ])('refuses %s %s with what is wrong and how it is used', (option, value) => {
    const { status, stdout, stderr } = runStorefront(option, value)
    expect(status).toBe(2)
    expect(stdout).toBe('')
    expect(stderr).toContain(option)
    expect(stderr).toContain('Usage: npm start')
  })
})
