import { describe, expect, it, vi } from 'vitest'
import { describeEachRule } from '../../../../test/copies/each-rule.js'
import { allOf, copyWithout } from '../../../../test/copies/copy-without.js'
import { SeenSets } from '../../src/seen-sets.js'
import { cases } from './cases.js'
import { mutants } from './mutants.js'

vi.setConfig({ testTimeout: 60_000 })
const sources = new URL('../../src/', import.meta.url)

describe('it is certain that a change has touched no row of a set', () => {
  it.each(Object.entries(cases))('%s', (_about, [expected, run]) => {
    expect(run(new SeenSets())).toBe(expected)
  })
})

describeEachRule('a case fails without the rule that', sources, mutants, async (mutant) => {
  const copy = await copyWithout<{ SeenSets: typeof SeenSets }>(
    { folder: sources, entry: allOf(sources, ['seen-sets']) },
    mutant,
  )
  return Object.values(cases).some(([expected, run]) => run(new copy.SeenSets()) !== expected)
})
