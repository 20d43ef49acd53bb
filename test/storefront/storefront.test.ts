import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { folderOf } from './examples.js'

const EXAMPLES = [
  ['prisma-storefront', 'npm start'],
  ['typeorm-storefront', 'npm run start:typeorm'],
] as const
const SHORT_RUN = ['--scale', '0.05', '--actions', '300', '--visitors', '8', '--writes', '10']
const TOTALS =
  'reads hits writes writeRatio dbQueriesUncached dbQueriesCached medianUncachedUs medianCachedUs staleAnswers comparedAnswers'

interface Row {
  readonly kind: 'read' | 'write'
  readonly calls: number
  readonly dbQueriesCached: number
}

describe.each(EXAMPLES)('%s', { timeout: 120_000 }, (name, command) => {
  /** As `npm start` runs it, in a process of its own. */
  function runStorefront(...options: string[]) {
    return spawnSync('npm', ['run', '--silent', 'start', '--', ...options], {
      cwd: folderOf(name),
      encoding: 'utf8',
    })
  }

  it('answers from the cache, never with anything stale, and prints what it measured as JSON', () => {
    const { status, stdout, stderr } = runStorefront('--json', ...SHORT_RUN)
    expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' })
    const result = JSON.parse(stdout)
    for (const total of TOTALS.split(' ')) expect(result[total], total).toBeTypeOf('number')

    expect(result.staleAnswers).toBe(0)
    expect(result.comparedAnswers).toBeGreaterThan(0)
    expect(result.hits).toBeGreaterThan(0)
    expect(result.dbQueriesCached).toBeLessThan(result.dbQueriesUncached)
    expect(result.writeRatio).toBeGreaterThan(0.03)

    const rows: readonly Row[] = result.operations
    const sum = (field: 'calls' | 'dbQueriesCached', kinds: readonly string[]): number =>
      rows.filter(({ kind }) => kinds.includes(kind)).reduce((total, row) => total + row[field], 0)
    expect(sum('calls', ['read'])).toBe(result.reads)
    expect(sum('calls', ['write'])).toBe(result.writes)
    expect(sum('dbQueriesCached', ['read', 'write'])).toBe(result.dbQueriesCached)
  })

  it('prints a table without --json', () => {
    const { stdout } = runStorefront(...SHORT_RUN)
    expect(stdout).toContain('product: page')
    expect(stdout).toContain('Stale answers    0 of')
  })

  it('refuses what it does not understand, with its usage and without a run', () => {
    const { status, stdout, stderr } = runStorefront('--vistors', '3')
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    expect(stderr).toContain('--vistors')
    expect(stderr).toContain(`Usage: ${command} -- `)
  })
})
