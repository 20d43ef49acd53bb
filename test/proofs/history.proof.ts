// What processes read through one Redis, with faults, held against what the protocol promises; and rules of it taken out,
// which must be found. Short: about half a minute; long: two million operations and every rule.
import { parseArgs } from 'node:util'
import { runCampaign } from '../history/campaign.js'
import { huntMutants } from '../history/hunt.js'
import { reportFigures, reportFinding } from '../history/report.js'
import { openServer } from '../property/server.js'

const { values } = parseArgs({ options: { short: { type: 'boolean', default: false } } })
const scale = values.short
  ? { operations: 50_000, roundMs: 6_000, mutants: 'vector after the load,flights by key alone' }
  : { operations: 2_000_000, roundMs: 10_000, mutants: 'all' }

const server = await openServer(undefined)
try {
  const result = await runCampaign({
    seed: '1',
    operations: scale.operations,
    processes: 6,
    roundMs: scale.roundMs,
    timeLimitMs: Infinity,
    createDatabase: async () => await server.createDatabase(),
  })
  console.log(reportFigures(result))
  for (const error of new Set(result.errors)) console.log(`error: ${error}`)
  for (const finding of result.findings) console.log(reportFinding(finding))
  const holds = result.findings.length === 0 && result.errors.length === 0
  const isFound = (await huntMutants(scale.mutants, '1', server)) === 0
  process.exitCode = holds && isFound ? 0 : 1
} finally {
  await server.stop()
}
