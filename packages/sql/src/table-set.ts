/** Sorted tags of tables; `all`: it cannot be told which, so every table there is. */
export type TableSet = { readonly tables: readonly string[] } | 'all'

type Tables = readonly string[] | ReadonlySet<string>

// An application has a few hundred shapes of queries; one that makes them up without end must not leak.
const maxRemembered = 10_000

/** Where a sequence of tables has led: each further one leads on. */
interface Step {
  set: TableSet | undefined
  readonly next: Map<string, Step>
}

/**
 * Makes one frozen object for each set of tables, whatever the order and the repetitions in which they are
 * given: what a caller derives from a set, such as its tags, can be kept by the set's identity.
 */
export function createTableSets(): (tables: Tables) => TableSet {
  const sets = new Map<string, TableSet>()
  let first = newStep()
  let steps = 0

  function toSet(given: Tables): TableSet {
    const tables = [...new Set(given)].sort()
    const key = tables.join('\n')
    let set = sets.get(key)
    if (set === undefined) sets.set(key, (set = Object.freeze({ tables: Object.freeze(tables) })))
    return set
  }

  // The same query names its tables in the same order: finding its set again takes no sorting and no new text.
  return (given) => {
    let step = first
    for (const table of given) {
      let next = step.next.get(table)
      if (next === undefined) {
        step.next.set(table, (next = newStep()))
        steps++
      }
      step = next
    }
    const set = (step.set ??= toSet(given))
    if (steps > maxRemembered) {
      first = newStep()
      steps = 0
      sets.clear()
    }
    return set
  }
}

const newStep = (): Step => ({ set: undefined, next: new Map() })
