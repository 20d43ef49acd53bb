import { expect, it, vi } from 'vitest'
import * as api from '../../src/index.js'
import { holdReadsAgainstSqlite } from './sqlite-reads.js'
import { holdWritesAgainstSqlite } from './sqlite-writes.js'

// Thousands of statements take a while on a busy machine.
vi.setConfig({ testTimeout: 300_000 })

it('rows change only where the analysis of a write says so, and come only where it says so', () => {
  expect(holdWritesAgainstSqlite(api, { numRuns: 2000 })).toBeGreaterThan(20_000)
})

it('an answer changes only with the rows and columns that the analysis of its query names', () => {
  expect(holdReadsAgainstSqlite(api, { numRuns: 3000 })).toBeGreaterThan(1000)
})
