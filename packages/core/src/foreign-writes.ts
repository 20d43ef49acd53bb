import { isTagOf, type TagTexts } from './precision/tag-texts.js'
import type { Space } from './space.js'

/**
 * Whether somebody says by hand that rows of a table have changed, or writes in a namespace around this one: these rows may be those
 * that are known here, or need not be.
 *
 * @param prefix of the namespace in which the tags have changed
 */
export function isForeignWrite(
  { clock, table }: TagTexts,
  space: Space,
  prefix: string,
  tags: readonly string[],
): boolean {
  const isOwn = space.prefix === prefix
  if (!isOwn && !space.prefixes.includes(prefix)) return false
  return tags.some((tag) => isTagOf(tag, table)) && !(isOwn && tags.includes(clock))
}
