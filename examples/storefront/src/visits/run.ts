import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Step, Visitor } from '../actions/action.js'
import type { Progress } from '../progress.js'

/** Lets `concurrency` visitors take the steps, each the next one that nobody has taken yet. */
export async function runVisits(
  steps: readonly Step[],
  concurrency: number,
  visitor: Visitor,
  progress: Progress,
): Promise<void> {
  const remaining = steps.values()
  const takeSteps = async (): Promise<void> => {
    for (const step of remaining) {
      await step(visitor)
      progress.advance()
      // A visitor who is answered from memory would otherwise go on and on without letting timers and I/O in.
      await nextTurn()
    }
  }
  await Promise.all(Array.from({ length: concurrency }, takeSteps))
}
