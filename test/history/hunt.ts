import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Mutant } from '../property/mutant.js'
import type { Server } from '../property/server.js'
import { type CampaignResult, runCampaign } from './campaign.js'
import { type HistoryMutant, mutants } from './mutants.js'
import { reportFigures, reportFinding } from './report.js'

/** Within so long every mutant must have shown itself. */
const huntMs = 90_000

/** The patches whose text does not stand exactly once in its file: the sources have moved on, and they must follow. */
export const misfits = (): string[] => misfitsAmong(mutants)

export function misfitsAmong(list: readonly Mutant[]): string[] {
  return list.flatMap(({ name, patches }) =>
    patches.flatMap(({ file, find }) => {
      const path = fileURLToPath(new URL(`../../packages/${file}`, import.meta.url))
      const times = existsSync(path) ? readFileSync(path, 'utf8').split(find).length - 1 : 0
      return times === 1 ? [] : [`${name}: ${file} holds ${times} times: ${find}`]
    }),
  )
}

/** Hunts mutants by parts of their names, with commas between, or `all` of them. Returns the exit code: 0 if every one was found. */
export async function huntMutants(names: string, seed: string, server: Server): Promise<number> {
  const parts = names.split(',')
  const wanted = mutants.filter(({ name }) => names === 'all' || parts.some((part) => name.includes(part)))
  if (wanted.length === 0) {
    console.error(`There is no mutant '${names}'. There are: ${mutants.map(({ name }) => name).join(', ')}.`)
    return 2
  }
  const unfit = misfitsAmong(wanted)
  if (unfit.length > 0) {
    console.error(['These patches must fit once:', ...unfit].join('\n'))
    return 2
  }
  let found = 0
  for (const mutant of wanted) {
    const result = await hunt(mutant, seed, server)
    if (isFound(mutant, result)) found++
    console.log(`${describe(mutant, result)}: ${mutant.name} (${mutant.rule})`)
    if (wanted.length === 1)
      console.log([reportFigures(result), ...result.findings.map(reportFinding)].join('\n'))
  }
  console.log(`${found} of ${wanted.length} mutants found`)
  return found === wanted.length ? 0 : 1
}

/** Each runs in processes of its own, since their sources are others, until something is found. */
async function hunt(mutant: HistoryMutant, seed: string, server: Server): Promise<CampaignResult> {
  return await runCampaign({
    seed,
    operations: Infinity,
    processes: 6,
    roundMs: 5_000,
    timeLimitMs: huntMs,
    only: mutant.faults,
    freshness: mutant.freshness,
    patches: mutant.patches,
    pushedBy: mutant.pushedBy,
    createDatabase: async () => await server.createDatabase(),
  })
}

const brokenIn = ({ findings }: CampaignResult) => findings.map(({ violation }) => violation.property)

const isFound = ({ breaks }: HistoryMutant, result: CampaignResult): boolean =>
  brokenIn(result).some((property) => breaks.includes(property))

function describe(mutant: HistoryMutant, result: CampaignResult): string {
  const { operations, seconds, violations } = result
  const after = `${operations} operations, ${seconds.toFixed(0)} s`
  const broken = brokenIn(result).join(', ')
  if (isFound(mutant, result)) return `found after ${after} by ${broken} (${violations} violations)`
  const instead = broken === '' ? '' : `, which broke ${broken} in place of ${mutant.breaks.join(' or ')}`
  return `SURVIVED ${after}${instead}`
}
