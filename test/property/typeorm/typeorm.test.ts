import { beforeAll, expect, test } from 'vitest'
import { sharedPostgres } from '../../services/shared.js'
import type { Address, Databases } from '../../services/service.js'
import { runCampaign } from '../campaign.js'
import { hunt } from '../hunt.js'
import { mutantsOf } from '../mutants.js'
import { reportFinding } from '../report.js'
import { openTypeorm } from './clients.js'

let server: Address & Databases

beforeAll(async () => {
  server = await sharedPostgres()
})

test(
  'cached answers of TypeORM are what the database says, whatever is written in between',
  { timeout: 600_000 },
  async () => {
    const { tally, finding } = await runCampaign({
      schemas: ['1', '2'],
      seed: '1',
      steps: 1500,
      concurrentRounds: 5,
      shrinks: true,
      open: openTypeorm(),
      createDatabase: () => server.createDatabase(),
    })
    expect(finding && reportFinding(finding)).toBeUndefined()
    // A run with few hits, or with writes that mostly fail, proves nothing.
    expect(tally.steps).toBeGreaterThanOrEqual(1500)
    expect(tally.hits / tally.reads).toBeGreaterThan(0.3)
    expect(tally.failedWrites / tally.writes).toBeLessThan(0.3)
    expect([...tally.invalid.values()].reduce((sum, times) => sum + times, 0)).toBeLessThan(tally.writes / 50)
  },
)

// Those that need few steps to be found, and no race.
const quick = ['reads without joined tables', 'unseen closure row', 'unseen UPDATE', 'unseen DELETE']

test.each(quick)('a missing rule of TypeORM is found: %s', { timeout: 600_000 }, async (name) => {
  const mutant = mutantsOf('typeorm').find((candidate) => candidate.name === name)
  const { found, output } = await hunt({ orm: 'typeorm', server: server.url }, mutant!)
  expect(found, output).toBe(true)
})
