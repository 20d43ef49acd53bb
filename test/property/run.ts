import { parseArgs } from 'node:util'
import { runCampaign } from './campaign.js'
import { huntMutants } from './hunt.js'
import { freshetCaching } from './prisma/caching.js'
import { openPrisma } from './prisma/clients.js'
import { COARSE, homeMadeCaching } from './prisma/home-made.js'
import { reportFinding, reportTally } from './report.js'
import { openServer } from './server.js'
import { openTypeorm } from './typeorm/clients.js'

const { values } = parseArgs({
  options: {
    steps: { type: 'string', default: '20000' },
    seed: { type: 'string', default: '1' },
    schemas: { type: 'string', default: '1,2,3,4' },
    episode: { type: 'string' },
    concurrent: { type: 'string', default: '40' },
    mutant: { type: 'string' },
    /** `prisma` or `typeorm`. */
    orm: { type: 'string', default: 'prisma' },
    /** Prints how often each form of write was sent and carried out. */
    forms: { type: 'boolean', default: false },
    /** Reports a difference as it came, without looking for fewer steps. */
    long: { type: 'boolean', default: false },
    /** `freshet`, or a home-made cache that is right (`coarse`) or wrong (`never`). */
    caching: { type: 'string', default: 'freshet' },
    /** A PostgreSQL server to use, in place of one started for the run. */
    server: { type: 'string' },
  },
})

const home = { coarse: COARSE, never: { ...COARSE, forgets: () => false } }
const isHomeMade = (name: string): name is keyof typeof home => Object.hasOwn(home, name)

const orm = values.orm === 'typeorm' ? 'typeorm' : 'prisma'
const server = await openServer(values.server)
try {
  process.exitCode =
    values.mutant === undefined ? await runOnce() : await huntMutants(orm, values.mutant, server.url)
} finally {
  await server.stop()
}

async function runOnce(): Promise<number> {
  const startedAt = Date.now()
  const { caching } = values
  const { tally, finding } = await runCampaign({
    schemas: values.schemas.split(','),
    seed: values.seed,
    steps: Number(values.steps),
    onlyEpisode: values.episode === undefined ? undefined : Number(values.episode),
    concurrentRounds: values.episode === undefined ? Number(values.concurrent) : 0,
    shrinks: !values.long,
    open:
      orm === 'typeorm'
        ? openTypeorm
        : openPrisma((schema) =>
            isHomeMade(caching) ? homeMadeCaching(home[caching]) : freshetCaching(schema),
          ),
    createDatabase: () => server.createDatabase(),
  })
  console.log(reportTally(tally, (Date.now() - startedAt) / 1000))
  if (values.forms)
    console.log(
      'Writes by form:',
      Object.fromEntries([...tally.forms].toSorted(([one], [other]) => one.localeCompare(other))),
    )
  if (tally.failures.size > 0) console.log('Errors of writes:', tally.failures)
  if (tally.invalid.size > 0) console.log('Calls that the ORM refused as invalid:', tally.invalid)
  if (finding) console.log(reportFinding(finding))
  return finding ? 1 : 0
}
