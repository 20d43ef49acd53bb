// Reads and writes of several processes, with faults, held against what the protocol promises.
//
//   npm run history -- --operations 2000000 --processes 6 --seed 1
//   npm run history -- --mutant all
import { parseArgs } from 'node:util'
import { openServer } from '../property/server.js'
import { runCampaign } from './campaign.js'
import type { Freshness } from './history.js'
import { huntMutants } from './hunt.js'
import { reportFaults, reportFigures, reportFinding } from './report.js'
import { topologies } from './stand.js'

const { values } = parseArgs({
  options: {
    operations: { type: 'string', default: '100000' },
    processes: { type: 'string', default: '6' },
    seed: { type: 'string', default: '1' },
    /** How long each round injects faults, in seconds. */
    round: { type: 'string', default: '10' },
    /** Ends with the first round after so many seconds. */
    limit: { type: 'string', default: '36000' },
    /** Only faults whose names hold one of these, with commas between. */
    faults: { type: 'string' },
    /** Names of mutants, or parts of them, with commas between; or `all`. */
    mutant: { type: 'string' },
    /** `strong`, `bounded` or `eventual`. */
    mode: { type: 'string', default: 'strong' },
    /** `standalone`, `sentinel` or `cluster`. */
    topology: { type: 'string', default: 'standalone' },
    /** A line for every round. */
    rounds: { type: 'boolean', default: false },
    /** A PostgreSQL server to use, in place of one started for the run. */
    server: { type: 'string' },
  },
})

const modes: Readonly<Record<string, Freshness>> = {
  strong: { mode: 'strong' },
  bounded: { mode: 'bounded', staleMs: 100 },
  eventual: { mode: 'eventual', staleMs: 400 },
}
if (modes[values.mode] === undefined)
  throw new Error(`there is no mode '${values.mode}'; choose among ${Object.keys(modes).join(', ')}`)

const topology = topologies.find((name) => name === values.topology)
if (topology === undefined)
  throw new Error(`there is no topology '${values.topology}'; choose among ${topologies.join(', ')}`)

const server = await openServer(values.server)
try {
  process.exitCode =
    values.mutant === undefined ? await runOnce() : await huntMutants(values.mutant, values.seed, server)
} finally {
  await server.stop()
}

async function runOnce(): Promise<number> {
  const result = await runCampaign({
    seed: values.seed,
    operations: Number(values.operations),
    processes: Number(values.processes),
    roundMs: Number(values.round) * 1000,
    timeLimitMs: Number(values.limit) * 1000,
    only: values.faults?.split(','),
    freshness: modes[values.mode],
    topology,
    createDatabase: async () => await server.createDatabase(),
    ...(values.rounds ? { onRound: (so) => console.log(reportFigures(so)) } : {}),
  })
  console.log(reportFigures(result))
  console.log(reportFaults(result))
  for (const error of new Set(result.errors)) console.log(`error: ${error}`)
  for (const finding of result.findings) console.log(reportFinding(finding))
  return result.findings.length > 0 || result.errors.length > 0 ? 1 : 0
}
