import type { createReadPrecision } from '../../src/precision/read-precision.js'
import type { createTablePrecisions } from '../../src/precision/table-precision.js'
import type { conditionsOf, createStatementTags, createValueBucket } from '@freshet/core/adapter'

/** What the cases are held against: the package itself, or a copy without one of its rules. */
export interface Api {
  readonly conditionsOf: typeof conditionsOf
  readonly createReadPrecision: typeof createReadPrecision
  readonly createStatementTags: typeof createStatementTags
  readonly createTablePrecisions: typeof createTablePrecisions
  readonly createValueBucket: typeof createValueBucket
}
