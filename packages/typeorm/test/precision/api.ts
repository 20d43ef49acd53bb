import type { createStatementTags } from '@freshet/core/adapter'
import type { areExcluded } from '../../src/precision/excluded-rows.js'
import type { Judge } from '../../src/precision/judge.js'
import type { preciseLoad } from '../../src/precision/load-precision.js'
import type { createReadPrecision } from '../../src/precision/read-precision.js'
import type { createTablePrecisions } from '../../src/precision/table-precision.js'

/** What the cases are held against: the package itself, or a copy without one of its rules. */
export interface Api {
  readonly createReadPrecision: typeof createReadPrecision
  readonly createTablePrecisions: typeof createTablePrecisions
  readonly preciseLoad: typeof preciseLoad
  readonly createStatementTags: typeof createStatementTags
  readonly areExcluded: typeof areExcluded
  readonly Judge: typeof Judge
}
