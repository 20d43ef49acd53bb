import type { Binding } from './binding.js'
import { outcome } from './compare.js'
import { startEpisode } from './episode.js'
import { DifferenceFound, execute, Tally } from './execute.js'
import type { Step } from './step.js'

/** Replays that a shrink may cost: each is under a second. */
const MAX_REPLAYS = 60

/**
 * The fewest steps that still show a difference, by leaving out ever smaller parts (delta debugging,
 * Zeller 2002). `undefined` if not even the whole history shows one again.
 */
export async function shrink(
  binding: Binding,
  seed: string,
  episode: number,
  history: readonly Step[],
): Promise<readonly Step[] | undefined> {
  let replays = 0
  const mayGoOn = () => replays < MAX_REPLAYS
  const fails = async (steps: readonly Step[]): Promise<boolean> => {
    replays++
    await startEpisode(binding, seed, episode)
    for (const step of steps) {
      const result = await outcome(() => execute(binding, step, new Tally()))
      if (!result.ok) return result.error instanceof DifferenceFound
    }
    return false
  }
  if (!(await fails(history))) return undefined
  let shortest = history
  let parts = 2
  while (mayGoOn() && shortest.length > 1) {
    const smaller = await firstFailing(without(shortest, parts), fails, mayGoOn)
    if (smaller) {
      shortest = smaller
      parts = Math.max(parts - 1, 2)
    } else if (parts >= shortest.length) break
    else parts = Math.min(parts * 2, shortest.length)
  }
  return shortest
}

function without(steps: readonly Step[], parts: number): Step[][] {
  const size = Math.ceil(steps.length / parts)
  return Array.from({ length: parts }, (_, part) =>
    steps.filter((_step, index) => Math.floor(index / size) !== part),
  )
}

async function firstFailing(
  candidates: readonly Step[][],
  fails: (steps: readonly Step[]) => Promise<boolean>,
  mayGoOn: () => boolean,
): Promise<Step[] | undefined> {
  for (const candidate of candidates) {
    if (!mayGoOn()) return undefined
    if (await fails(candidate)) return candidate
  }
  return undefined
}
