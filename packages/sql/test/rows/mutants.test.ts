import { expect, it, vi } from 'vitest'
import { describeEachRule } from '../../../../test/copies/each-rule.js'
import { allOf, copyWithout } from '../../../../test/copies/copy-without.js'
import type { Rule } from '../../../../test/copies/rule.js'
import type { Api } from './api.js'
import { differingCase, disprovedBySqlite } from './checks.js'
import { mutants } from './mutants.js'

// Thousands of statements take a while on a busy machine.
vi.setConfig({ testTimeout: 300_000 })

const folder = new URL('../../src/rows/', import.meta.url)

const entry = allOf(folder, [
  'plan-write',
  'plan-read',
  'row-write',
  'read-pins',
  'prepared-read',
  'normal-value',
  'value-type',
])
const copy = async (rule: Rule | undefined) => await copyWithout<Api>({ folder, entry }, rule)

/** A copy that throws fails a test as well. */
function failure(check: () => string | undefined): string | undefined {
  try {
    return check()
  } catch (error) {
    return String(error)
  }
}

it('with every rule in place nothing differs', async () => {
  const api = await copy(undefined)
  expect(differingCase(api)).toBeUndefined()
  expect(disprovedBySqlite(api)).toBeUndefined()
})

describeEachRule('a test fails without the rule that', folder, mutants, async (mutant) => {
  const api = await copy(mutant)
  return (failure(() => differingCase(api)) ?? disprovedBySqlite(api)) !== undefined
})
