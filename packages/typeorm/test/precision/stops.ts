import type { Conditions } from '../../../core/src/conditions.js'
import type { Kept, Variant } from './world.js'

/** Whether one of the tags of an answer falls, and with it the answer. */
export function stops(
  { areExcluded }: Pick<Variant, 'areExcluded'>,
  { tags, shown }: Kept,
  bumped: ReadonlySet<string> | 'all',
  conditions: Conditions | undefined,
): boolean {
  if (bumped === 'all') return true
  for (const tag of tags) {
    if (!bumped.has(tag)) continue
    const some = conditions?.get(tag)
    if (some === undefined) return true
    const { table, changes } = some
    if (changes.some((change) => !areExcluded(shown, [...tags], { ...change, tag, table }))) return true
  }
  return false
}
