import { expect, test } from 'vitest'
import { sharedMariaDb, sharedPostgres } from '../services/shared.js'
import { runCampaign } from './campaign.js'
import type { OrmName } from './maker.js'
import type { Database } from './model.js'
import { NARROW } from './narrow-schema.js'
import { freshetCaching } from './prisma/caching.js'
import { openPrisma } from './prisma/clients.js'
import { reportFinding } from './report.js'
import { TINY } from './tiny-schema.js'
import { openTypeorm } from './typeorm/clients.js'

const orms: readonly (readonly [OrmName, Database])[] = [
  ['prisma', 'postgresql'],
  ['prisma', 'mariadb'],
  ['typeorm', 'postgresql'],
  ['typeorm', 'mariadb'],
]

const cases = [TINY, NARROW].flatMap((schema) => orms.map((one) => [...one, schema] as const))

test.each(cases)(
  'cached answers of %s are what %s says, of the %s schema',
  { timeout: 600_000 },
  async (orm, database, schema) => {
    const server = await (database === 'mariadb' ? sharedMariaDb() : sharedPostgres())
    const { tally, finding } = await runCampaign({
      schemas: [schema],
      seed: '1',
      steps: 500,
      concurrentRounds: 5,
      shrinks: true,
      open: orm === 'typeorm' ? openTypeorm(database) : openPrisma(freshetCaching, database),
      createDatabase: () => server.createDatabase(),
    })
    expect(finding && reportFinding(finding)).toBeUndefined()
    // A run with few hits, or with writes that mostly fail, proves nothing.
    expect(tally.hits / tally.reads).toBeGreaterThan(0.3)
    expect(tally.failedWrites / tally.writes).toBeLessThan(0.4)
    expect([...tally.invalid.values()].reduce((sum, times) => sum + times, 0)).toBeLessThan(
      tally.compared / 20,
    )
  },
)
