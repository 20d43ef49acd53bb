/** Sorted tags of tables; `all`: it cannot be told which, so every table there is. */
export type TableSet = { readonly tables: readonly string[] } | 'all'

// An application has a few hundred shapes of queries; one that makes them up without end must not leak.
const maxSets = 10_000

/**
 * Makes one frozen object for each set of tables, whatever the order and the repetitions in which they are
 * given: what a caller derives from a set, such as its tags, can be kept by the set's identity.
 */
export function createTableSets(): (tables: Iterable<string>) => TableSet {
  const sets = new Map<string, TableSet>()
  return (given) => {
    const tables = [...new Set(given)].sort()
    const key = tables.join('\n')
    const known = sets.get(key)
    if (known !== undefined) return known
    if (sets.size >= maxSets) sets.clear()
    const made = Object.freeze({ tables: Object.freeze(tables) })
    sets.set(key, made)
    return made
  }
}
