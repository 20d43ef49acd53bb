import type { Binding, Open } from './binding.js'
import { outcome } from './compare.js'
import { runConcurrently } from './concurrent.js'
import { startEpisode } from './episode.js'
import { DifferenceFound, execute, Tally } from './execute.js'
import type { Finding } from './finding.js'
import { shrink } from './shrink.js'
import { episodeSteps, type Step } from './step.js'
import { Stalled, watched } from './watchdog.js'

export interface CampaignOptions {
  /** Seeds of the schemas, each of which gets an equal part of the steps. */
  readonly schemas: readonly string[]
  readonly seed: string
  readonly steps: number
  /** Runs this episode of the first schema only. */
  readonly onlyEpisode?: number | undefined
  /** Rounds of the concurrent phase after each schema's steps. */
  readonly concurrentRounds: number
  /** Looks for the fewest steps that show a difference. */
  readonly shrinks: boolean
  readonly open: Open
  readonly createDatabase: () => Promise<string>
  readonly onProgress?: (tally: Tally) => void
}

type Sweep = Extract<Step, { kind: 'sweep' }>

export interface CampaignResult {
  readonly tally: Tally
  readonly finding: Finding | undefined
}

/** Steps of one episode. Each starts from the same few rows, so that a difference has a short history. */
export const EPISODE_LENGTH = 250

/**
 * Runs steps over all schemas until a difference is found or the steps are used up.
 *
 * @throws Stalled
 */
export async function runCampaign(options: CampaignOptions): Promise<CampaignResult> {
  const tally = new Tally()
  for (const schema of options.schemas) {
    const finding = await runSchema(options, schema, tally)
    if (finding) return { tally, finding }
  }
  return { tally, finding: undefined }
}

async function runSchema(
  options: CampaignOptions,
  schemaSeed: string,
  tally: Tally,
): Promise<Finding | undefined> {
  const binding = await options.open(schemaSeed, await options.createDatabase())
  const run = await outcome(() => watched(binding, () => runOn(binding, options, tally)))
  // Who waits for what never comes holds a connection, and closing would wait for it as well.
  if (run.ok || !(run.error instanceof Stalled)) await binding.close()
  if (!run.ok) throw run.error
  return run.value as Finding | undefined
}

async function runOn(binding: Binding, options: CampaignOptions, tally: Tally): Promise<Finding | undefined> {
  await binding.createSchema()
  for (const episode of episodesOf(options)) {
    const finding = await runEpisode(binding, options, episode, tally)
    if (finding) return finding
    options.onProgress?.(tally)
  }
  return (
    (await runConcurrently(binding, options.seed, options.concurrentRounds, tally)) ??
    (await runLast(binding, options.seed, tally))
  )
}

/** The maker's last write, between two rounds of reads. */
async function runLast(binding: Binding, seed: string, tally: Tally): Promise<Finding | undefined> {
  const { schema, maker } = binding
  const { lastWrite } = maker
  if (lastWrite === undefined) return undefined
  await startEpisode(binding, seed, 0)
  const { reads } = episodeSteps(schema, maker, seed, 0, EPISODE_LENGTH).find(
    ({ kind }) => kind === 'sweep',
  ) as Sweep
  const step: Step = { kind: 'probe', reads, write: lastWrite, route: 'cached' }
  const result = await outcome(() => execute(binding, step, tally))
  if (result.ok) return undefined
  if (!(result.error instanceof DifferenceFound)) throw result.error
  const { difference } = result.error
  const common = {
    maker,
    schema: binding.seed,
    database: schema.database,
    seed,
    episode: 0,
    index: undefined,
  }
  return { ...common, difference, history: [step], shortest: undefined }
}

function episodesOf({ onlyEpisode, steps, schemas }: CampaignOptions): number[] {
  if (onlyEpisode !== undefined) return [onlyEpisode]
  return Array.from({ length: Math.ceil(steps / schemas.length / EPISODE_LENGTH) }, (_, episode) => episode)
}

async function runEpisode(
  binding: Binding,
  { seed, shrinks }: CampaignOptions,
  episode: number,
  tally: Tally,
): Promise<Finding | undefined> {
  const { schema, maker, seed: schemaSeed } = binding
  const steps = episodeSteps(schema, maker, seed, episode, EPISODE_LENGTH)
  await startEpisode(binding, seed, episode)
  for (const [index, step] of steps.entries()) {
    const result = await outcome(() => execute(binding, step, tally))
    if (result.ok) continue
    if (!(result.error instanceof DifferenceFound)) throw result.error
    const { difference } = result.error
    const history = steps.slice(0, index + 1)
    const shortest = shrinks ? await shrink(binding, seed, episode, history) : undefined
    const { database } = schema
    return { maker, schema: schemaSeed, database, seed, episode, index, difference, history, shortest }
  }
  return undefined
}
