import { readFileSync } from 'node:fs'
import { describe, expect, it, vi } from 'vitest'
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

describe('a case fails without the rule that', () => {
  it.each(mutants.map((mutant) => [mutant.rule, mutant] as const))('%s', async (_rule, mutant) => {
    const text = readFileSync(new URL(mutant.file, sources), 'utf8')
    expect(text.split(mutant.find), 'the rule stands in one place').toHaveLength(2)
    const copy = await copyWithout<{ SeenSets: typeof SeenSets }>(
      { folder: sources, entry: allOf(sources, ['seen-sets']) },
      mutant,
    )
    const differing = Object.values(cases).some(([expected, run]) => run(new copy.SeenSets()) !== expected)
    expect(differing).toBe(true)
  })
})
