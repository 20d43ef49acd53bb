import type { KnownColumns } from '@freshet/sql'
import type { Api } from './api.js'
import type { ChangedPair } from './hunt.js'
import { createVariant } from './world.js'

/** How many of these changes a copy of the rules would have missed. */
export function missedChanges(
  api: Api,
  pairs: readonly ChangedPair[],
  columns: ReadonlyMap<string, KnownColumns>,
  isEnforced: boolean,
): number {
  const { precision, tagsOf } = createVariant('copy', columns, { isEnforced }, api)
  return pairs.filter(({ model, operation, args, dataPath, result, sent }) => {
    const bumped = tagsOf(sent)
    if (bumped === 'all') return false
    const read = precision.read(model, operation, args, dataPath)
    return ![...read.tags, ...read.lateTags(result)].some((tag) => bumped.has(tag))
  }).length
}
