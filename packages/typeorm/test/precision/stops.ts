import type { Conditions } from '../../../core/src/conditions.js'
import type { OtherAnswers } from '@freshet/core/adapter'
import type { Kept, Variant } from './world.js'

const nobody: OtherAnswers = { find: () => undefined, mayBeWritten: () => false }

/** Whether one of the tags of an answer falls, and with it the answer. */
export function stops(
  { areExcluded, judge }: Pick<Variant, 'areExcluded' | 'judge'>,
  { tags, rows }: Kept,
  bumped: ReadonlySet<string> | 'all',
  conditions: Conditions | undefined,
  others: OtherAnswers = nobody,
): boolean {
  if (bumped === 'all') return true
  for (const tag of tags) {
    if (!bumped.has(tag)) continue
    const some = conditions?.get(tag)
    if (some === undefined) return true
    const { table, changes } = some
    const isBesides = ({ tell, ...change }: (typeof changes)[number]) =>
      tell === undefined
        ? areExcluded(rows?.shown, [...tags], { ...change, tag, table })
        : judge.isBesides(rows, { ...change, told: tell(), tag, table }, others, 'a')
    if (!changes.every(isBesides)) return true
  }
  return false
}
