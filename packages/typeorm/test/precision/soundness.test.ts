import type { DataSource } from 'typeorm'
import { afterEach, expect, it, vi } from 'vitest'
import type { DatabaseName } from '../rows/data-source.js'
import { createDatabase, databases } from '../rows/data-source.js'
import { createWorldOf } from './entities.js'
import { hunt } from './hunt.js'
import { report, reportMutants } from './report.js'

const pairs = Number(process.env['PRECISION_PAIRS'] ?? 1000)
const seed = Number(process.env['PRECISION_SEED'] ?? 1)
const asked = process.env['PRECISION_DATABASE']
vi.setConfig({ testTimeout: 120_000 + pairs * 80 })

let dataSource: DataSource
afterEach(() => dataSource.destroy())

it.each(databases.filter((name) => asked === undefined || asked === name))(
  'a read whose answer a write changes carries a tag that the write bumps, on %s',
  async (name: DatabaseName) => {
    dataSource = await createWorldOf(await createDatabase(name))
    const { findings, figures, refused, changed, variantOf } = await hunt(dataSource, {
      seed,
      pairs,
      reads: 40,
    })
    if (process.env['PRECISION_PAIRS'] !== undefined) report(name, refused, figures)
    if (process.env['PRECISION_MUTANTS'] !== undefined) await reportMutants(changed, variantOf)
    expect(findings).toEqual([])
    for (const { changed, leftAlone } of figures.values()) {
      expect(changed).toBeGreaterThan(0)
      expect(leftAlone).toBeGreaterThan(0)
    }
  },
)
