import { expect, it, vi } from 'vitest'
import { describeEachRule } from '../../../../test/copies/each-rule.js'
import type { Api } from './api.js'
import { besidesCases, seenCases } from './besides-cases.js'
import { differingBesides, differingBucket, differingReads, differingSeen, differingWrite } from './checks.js'
import { mutants } from './mutants.js'
import { precisionWithout, sources } from './precision-without.js'
import { readCases } from './read-cases.js'
import { writeCases } from './write-cases.js'

vi.setConfig({ testTimeout: 60_000 })

/** A copy that throws fails a test as well. */
function difference(api: Api): string | undefined {
  try {
    const reads = differingReads(api, readCases)
    if (reads !== undefined) return reads
    for (const one of writeCases) {
      const found = differingWrite(api, one)
      if (found !== undefined) return found
    }
    for (const one of besidesCases) {
      const found = differingBesides(api, one)
      if (found !== undefined) return found
    }
    for (const one of seenCases) {
      const found = differingSeen(api, one)
      if (found !== undefined) return found
    }
    return differingBucket(api)
  } catch (error) {
    return String(error)
  }
}

it('with every rule in place nothing differs', async () => {
  expect(difference(await precisionWithout(undefined))).toBeUndefined()
})

describeEachRule('a case fails without the rule that', sources, mutants, async (mutant) => {
  return difference(await precisionWithout(mutant)) !== undefined
})
