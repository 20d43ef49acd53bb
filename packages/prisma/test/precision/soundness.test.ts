import { expect, it, vi } from 'vitest'
import { sharedPostgres } from '../../../../test/services/shared.js'
import { hunt } from './hunt.js'
import { report, reportMutants } from './report.js'

const pairs = Number(process.env['PRECISION_PAIRS'] ?? 2000)
const seed = Number(process.env['PRECISION_SEED'] ?? 1)
vi.setConfig({ testTimeout: 120_000 + pairs * 80 })

it('a read whose answer a write changes carries a tag that the write bumps', async () => {
  const url = await (await sharedPostgres()).createDatabase()
  const { findings, figures, refused, changed, columns } = await hunt(url, { seed, pairs, reads: 40 })
  if (process.env['PRECISION_PAIRS'] !== undefined) report(refused, figures)
  if (process.env['PRECISION_MUTANTS'] !== undefined) await reportMutants(changed, columns)
  expect(findings).toEqual([])
  for (const { changed, leftAlone, outlived } of figures.values()) {
    expect(changed).toBeGreaterThan(0)
    expect(leftAlone).toBeGreaterThan(0)
    expect(outlived).toBeGreaterThan(0)
  }
})
