import type { Binding, Read } from './binding.js'
import { outcome } from './compare.js'
import { startEpisode } from './episode.js'
import { DifferenceFound, execute, type Tally } from './execute.js'
import type { Finding } from './finding.js'
import { episodeSteps, type Action, type Step } from './step.js'

const WORKERS = 5
const STEPS_PER_WORKER = 8

/**
 * Several workers read and write through the cached clients at once. While they run, nobody can say which
 * answer is right; when all have been acknowledged, every query that was asked must tell the truth.
 */
export async function runConcurrently(
  binding: Binding,
  seed: string,
  rounds: number,
  tally: Tally,
): Promise<Finding | undefined> {
  const { schema, maker, seed: schemaSeed } = binding
  for (let round = 0; round < rounds; round++) {
    const episode = 1_000_000 + Math.floor(round / 10)
    if (round % 10 === 0) await startEpisode(binding, seed, episode)
    const steps = episodeSteps(schema, maker, `${seed}/${round}`, episode, WORKERS * STEPS_PER_WORKER)
    const workers = Array.from({ length: WORKERS }, (_, worker) =>
      work(
        binding,
        steps.filter((_step, index) => index % WORKERS === worker),
        tally,
      ),
    )
    await Promise.all(workers)
    const check: Step = { kind: 'sweep', reads: steps.flatMap(readsOf) }
    // The second time most answers come from the cache, stored while the writers were at work or just now.
    for (let time = 0; time < 2; time++) {
      const result = await outcome(() => execute(binding, check, tally))
      if (result.ok) continue
      if (!(result.error instanceof DifferenceFound)) throw result.error
      const { difference } = result.error
      return {
        maker,
        schema: schemaSeed,
        database: schema.database,
        seed,
        episode,
        index: undefined,
        difference,
        history: steps,
        shortest: undefined,
      }
    }
  }
  return undefined
}

async function work(binding: Binding, steps: readonly Step[], tally: Tally): Promise<void> {
  for (const step of steps) {
    binding.underWay.add(step)
    await outcome(() => send(binding, step))
    binding.underWay.delete(step)
    tally.steps++
  }
}

/** A step without its comparisons. */
async function send(binding: Binding, step: Step): Promise<void> {
  const { cached } = binding
  switch (step.kind) {
    case 'read':
      await cached.read(step.read)
      return
    case 'sweep':
      await Promise.allSettled(step.reads.map((read) => cached.read(read)))
      return
    case 'write':
      await binding[step.route].write(step.write)
      return
    case 'heldRead':
      await Promise.allSettled([cached.read(step.read), binding[step.route].write(step.write)])
      return
    case 'probe':
    case 'heldWrite':
      await Promise.allSettled([cached.write(step.write), ...step.reads.map((read) => cached.read(read))])
      return
    case 'batch':
      await cached.batch(step.items)
      return
    case 'interactive':
      await binding[step.route].transaction(async (tx) => {
        for (const action of step.body) {
          if (action.kind === 'write') await tx.write(action.write)
          if (action.kind === 'read') await tx.read(action.read)
          if (action.kind === 'outerRead') await cached.read(action.read)
        }
        if (step.end === 'throw') throw new Error('rolled back on purpose')
      }, step.form)
  }
}

function readsOf(step: Step): Read[] {
  switch (step.kind) {
    case 'read':
    case 'heldRead':
      return [step.read]
    case 'sweep':
    case 'probe':
    case 'heldWrite':
      return [...step.reads]
    case 'interactive':
      return step.body
        .filter((action): action is Extract<Action, { kind: 'outerRead' }> => action.kind === 'outerRead')
        .map(({ read }) => read)
    default:
      return []
  }
}
