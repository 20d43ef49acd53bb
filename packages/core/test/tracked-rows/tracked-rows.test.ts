import { describe, expect, it, vi } from 'vitest'
import { describeEachRule } from '../../../../test/copies/each-rule.js'
import { allOf, copyWithout } from '../../../../test/copies/copy-without.js'
import { TrackedRows } from '../../src/tracked-rows.js'
import { cases } from './cases.js'
import { mutants } from './mutants.js'

vi.setConfig({ testTimeout: 60_000 })
const sources = new URL('../../src/', import.meta.url)

describe('of a row that is changed it is known', () => {
  it.each(Object.entries(cases))('%s', (_about, [expected, run]) => {
    expect(run(new TrackedRows())).toBe(expected)
  })

  it('nothing more when it was seen long ago', () => {
    const rows = new TrackedRows()
    const [expected, run] = cases['what it was seen with']!
    expect(run(rows)).toBe(expected)
    rows.clear()
    expect(run(rows)).toBe(expected)
  })
})

describeEachRule('a case fails without the rule that', sources, mutants, async (mutant) => {
  const copy = await copyWithout<{ TrackedRows: typeof TrackedRows }>(
    { folder: sources, entry: allOf(sources, ['tracked-rows']) },
    mutant,
  )
  return Object.values(cases).some(([expected, run]) => run(new copy.TrackedRows()) !== expected)
})
