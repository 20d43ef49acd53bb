/** What is certain of the rows that a write concerned, where it cannot name them. */
export interface RowCondition {
  /**
   * Whether a row is certainly none of them.
   *
   * @param valueOf what the row has in a column, by its name in the catalogue and as the database gives it; `undefined`: not known
   */
  excludes(valueOf: (column: string) => unknown): boolean
}

/**
 * Of tags that stand for all rows of their tables, what is certain of the rows for which they stand this time: each row that was
 * changed meets one of the conditions.
 */
export type Conditions = ReadonlyMap<string, readonly RowCondition[]>

/** What a stored answer shows, for its plan to tell. */
export interface ShownRows {
  /**
   * Whether all that the answer has of a table by its tag alone is rows that it shows, and none of them meets the condition.
   *
   * @param value the answer, as it is stored
   * @param table the table's tag
   */
  areExcluded(value: unknown, table: string, condition: RowCondition): boolean
}

// A list of tags goes through many hands, nearly all of which know tags as texts, and hardly any has conditions.
const known = new WeakMap<readonly string[], Conditions>()

/** The same tags, some of which stand for fewer rows than all. Whoever does not ask takes them for all. */
export function withConditions(
  tags: readonly string[],
  conditions: Conditions | undefined,
): readonly string[] {
  if (conditions !== undefined && conditions.size > 0) known.set(tags, conditions)
  return tags
}

export const conditionsOf = (tags: readonly string[]): Conditions | undefined => known.get(tags)

/**
 * Those of two lists of tags together, each of which one write gives new generations.
 *
 * @param has whether a tag is in the first list
 */
export function bothConditions(
  one: Conditions | undefined,
  has: (tag: string) => boolean,
  other: readonly string[],
): Conditions | undefined {
  const added = conditionsOf(other)
  if (one === undefined && added === undefined) return undefined
  const both = new Map(one)
  for (const tag of other) {
    const conditions = added?.get(tag)
    if (conditions === undefined) both.delete(tag)
    else if (one?.has(tag) === true) both.set(tag, [...one.get(tag)!, ...conditions])
    else if (!has(tag)) both.set(tag, conditions)
  }
  return both.size === 0 ? undefined : both
}
