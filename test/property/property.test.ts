import { beforeAll, expect, test } from 'vitest'
import { sharedPostgres } from '../services/shared.js'
import type { Address, Databases } from '../services/service.js'
import { EPISODE_LENGTH, runCampaign, type CampaignOptions, type CampaignResult } from './campaign.js'
import { hunt, misfits } from './hunt.js'
import type { Schema } from './model.js'
import { mutantsOf } from './mutants.js'
import { freshetCaching } from './prisma/caching.js'
import { openPrisma, type Caching } from './prisma/clients.js'
import { COARSE, homeMadeCaching, type HomeMadeOptions } from './prisma/home-made.js'
import { reportFinding } from './report.js'

let server: Address & Databases

beforeAll(async () => {
  server = await sharedPostgres()
})

const schemas = ['1', '2']

async function campaign(
  createCaching: (schema: Schema) => Caching,
  changes: Partial<CampaignOptions> = {},
): Promise<CampaignResult> {
  return runCampaign({
    schemas,
    seed: '1',
    steps: 2500,
    concurrentRounds: 10,
    shrinks: true,
    open: openPrisma(createCaching),
    createDatabase: () => server.createDatabase(),
    ...changes,
  })
}

const homeMade = (changes: Partial<HomeMadeOptions>) => () => homeMadeCaching({ ...COARSE, ...changes })

test(
  'cached answers are what the database says, whatever is written in between',
  { timeout: 600_000 },
  async () => {
    const { tally, finding } = await campaign(freshetCaching)
    expect(finding && reportFinding(finding)).toBeUndefined()
    // A run with few hits, or with writes that mostly fail, proves nothing.
    expect(tally.steps).toBeGreaterThanOrEqual(2500)
    expect(tally.hits / tally.reads).toBeGreaterThan(0.3)
    expect(tally.failedWrites / tally.writes).toBeLessThan(0.5)
    expect([...tally.invalid.values()].reduce((sum, times) => sum + times, 0)).toBeLessThan(tally.writes / 50)
  },
)

test(
  'a cache that forgets everything at every write is found to be right',
  { timeout: 600_000 },
  async () => {
    const { finding } = await campaign(homeMade({}), { steps: 2 * EPISODE_LENGTH, concurrentRounds: 0 })
    expect(finding && reportFinding(finding)).toBeUndefined()
  },
)

const wrong: Record<string, Partial<HomeMadeOptions>> = {
  'never forgets': { forgets: () => false },
  'forgets when a statement has run and not when its transaction has ended': { when: 'statement' },
  'answers inside transactions': { answersInTransactions: true },
  'stores a load that a write overtook': { storesLateLoads: true },
  'hands out its own objects': { sharesObjects: true },
}

test.each(Object.entries(wrong))(
  'a cache that %s is found out',
  { timeout: 600_000 },
  async (_name, changes) => {
    const { finding } = await campaign(homeMade(changes), { concurrentRounds: 0, shrinks: false })
    expect(finding).toBeDefined()
  },
)

test('every rule that can be taken out stands where the mutants look for it', () => {
  expect(misfits()).toEqual([])
})

const quick = [
  'reads without selected relations',
  'deletes without CASCADE',
  'unseen raw',
  'vector after the load',
]

test.each(quick)('a missing rule is found: %s', { timeout: 600_000 }, async (name) => {
  const mutant = mutantsOf('prisma').find((candidate) => candidate.name === name)
  const { found, output } = await hunt({ orm: 'prisma', server: server.url }, mutant!)
  expect(found, output).toBe(true)
})
