import type { Binding } from './binding.js'
import { describeStep } from './describe-step.js'

/** Nothing has reached the database for so long that it will not any more: somebody waits for somebody who waits. */
export class Stalled extends Error {
  override readonly name = 'Stalled'
}

export interface WatchOptions {
  /** Looks without progress until the run is given up. A look is a second, and none when the machine stands still. */
  readonly patience?: number
  /** Calls `look` again and again until what is returned is called. */
  readonly every?: (look: () => void) => () => void
}

/**
 * `run`, or a rejection that says where it stands when nothing goes on any more: a pool all of whose connections wait for one
 * another's would hang it without a word.
 *
 * @throws Stalled
 */
export async function watched<T>(
  binding: Binding,
  run: () => Promise<T>,
  { patience = 90, every = eachSecond }: WatchOptions = {},
): Promise<T> {
  const { gate } = binding
  let seen = -1
  let looks = 0
  let stop = (): void => undefined
  const stalled = new Promise<never>((_resolve, reject) => {
    stop = every(() => {
      looks = gate.passed === seen ? looks + 1 : 0
      seen = gate.passed
      if (looks >= patience) reject(new Stalled(standing(binding)))
    })
  })
  try {
    return await Promise.race([run(), stalled])
  } finally {
    stop()
  }
}

function standing({ gate, maker, underWay, seed }: Binding): string {
  return [
    `Nothing goes on any more (schema ${seed}). Steps under way:`,
    ...[...underWay].map((step) => `  ${describeStep(maker, step)}`),
    'Statements that wait for an answer, or to be sent:',
    ...[...gate.underWay].map(({ sql }) => `  ${sql}`),
  ].join('\n')
}

function eachSecond(look: () => void): () => void {
  const timer = setInterval(look, 1_000)
  return () => clearInterval(timer)
}
