import { parseArgs } from 'node:util'
import { EPISODE_LENGTH, runCampaign } from './campaign.js'
import type { Tally } from './execute.js'
import { huntMutants } from './hunt.js'
import { freshetCaching } from './prisma/caching.js'
import { openPrisma } from './prisma/clients.js'
import { COARSE, homeMadeCaching } from './prisma/home-made.js'
import { reportBeside, reportFinding, reportTally } from './report.js'
import { openServer } from './server.js'
import { openTypeorm } from './typeorm/clients.js'
import { Stalled } from './watchdog.js'

const { values } = parseArgs({
  options: {
    /** By default 20000, and 5000 for a mutant. */
    steps: { type: 'string' },
    seed: { type: 'string', default: '1' },
    /** Seeds of random schemas, with commas between. */
    schemas: { type: 'string', default: '1,2,3,4' },
    /** `tiny`, whose columns have few values, or `narrow`, of which few questions are asked, in place of random schemas. */
    schema: { type: 'string' },
    /** `postgresql`, or `mariadb` for a schema with a name. */
    database: { type: 'string', default: 'postgresql' },
    episode: { type: 'string' },
    concurrent: { type: 'string', default: '40' },
    /** Names of rules to take out, with commas between, or `all`; then `seed` may be several too. */
    mutant: { type: 'string' },
    /** `prisma` or `typeorm`. */
    orm: { type: 'string', default: 'prisma' },
    /** Prints how often each form of write was sent and carried out. */
    forms: { type: 'boolean', default: false },
    /** Reports a difference as it came, without looking for fewer steps. */
    long: { type: 'boolean', default: false },
    /** `freshet`, or a home-made cache that is right (`coarse`) or wrong (`never`). */
    caching: { type: 'string', default: 'freshet' },
    /** A server of this database to use, in place of one started for the run. */
    server: { type: 'string' },
  },
})

const home = { coarse: COARSE, never: { ...COARSE, forgets: () => false } }
const isHomeMade = (name: string): name is keyof typeof home => Object.hasOwn(home, name)

const orm = values.orm === 'typeorm' ? 'typeorm' : 'prisma'
const database = values.database === 'mariadb' ? 'mariadb' : 'postgresql'
const schemas = (values.schema ?? values.schemas).split(',')
const server = await openServer(values.server, database)
try {
  process.exitCode =
    values.mutant === undefined
      ? await runOnce()
      : await huntMutants(
          {
            orm,
            database,
            server: server.url,
            schema: values.schema,
            steps: values.steps === undefined ? undefined : Number(values.steps),
            seeds: values.seed.split(','),
          },
          values.mutant,
        )
} catch (error) {
  if (!(error instanceof Stalled)) throw error
  console.log(String(error))
  // Clients that wait for one another are never closed. The server goes with this process.
  process.exit(3)
} finally {
  await server.stop()
}

/** A line for every 1000 steps, beside the report. */
function tellNow(tally: Tally): void {
  if (tally.steps % 1000 < EPISODE_LENGTH) console.error(reportTally(tally, process.uptime()))
}

async function runOnce(): Promise<number> {
  const startedAt = Date.now()
  const { caching } = values
  const { tally, finding } = await runCampaign({
    schemas,
    seed: values.seed,
    steps: Number(values.steps ?? 20_000),
    onlyEpisode: values.episode === undefined ? undefined : Number(values.episode),
    concurrentRounds: values.episode === undefined ? Number(values.concurrent) : 0,
    shrinks: !values.long,
    open:
      orm === 'typeorm'
        ? openTypeorm(database)
        : openPrisma(
            (schema) => (isHomeMade(caching) ? homeMadeCaching(home[caching]) : freshetCaching(schema)),
            database,
          ),
    createDatabase: () => server.createDatabase(),
    onProgress: tellNow,
  })
  console.log(reportTally(tally, (Date.now() - startedAt) / 1000))
  if (tally.beside.size > 0) console.log(reportBeside(tally))
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
