import type { Difference } from './execute.js'
import type { Maker } from './maker.js'
import type { Database } from './model.js'
import type { Step } from './step.js'

/** A difference with all that is needed to see it again. */
export interface Finding {
  readonly maker: Maker
  readonly schema: string
  readonly database: Database
  readonly seed: string
  readonly episode: number
  /** The step that showed it; undefined in the concurrent phase, which is not repeatable step by step. */
  readonly index: number | undefined
  readonly difference: Difference
  /** The steps up to the difference. */
  readonly history: readonly Step[]
  /** The fewest steps found that still show it; undefined if it did not come again. */
  readonly shortest: readonly Step[] | undefined
}
