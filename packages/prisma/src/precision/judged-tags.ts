import type { PlannedPlace } from './place.js'
import type { ReadPlan } from './read-plan.js'

/**
 * The tags of which some answer may be judged by what rows have (`besides.ts`). A write need tell that of no others, and telling it costs a
 * write as much as all the rest.
 */
export class JudgedTags {
  readonly #tags = new Set<string>()

  has(tag: string): boolean {
    return this.#tags.has(tag)
  }

  /** To be called before an answer of the plan is stored. */
  addAll({ places, shown, cut }: ReadPlan): void {
    for (const [at, place] of places.entries())
      if (place.derived.length > 0 || (cut !== undefined && at === shown?.place))
        for (const tag of carriedBy(place)) this.#tags.add(tag)
  }
}

function carriedBy({ candidates, otherwise, unlinked, unnamed }: PlannedPlace): readonly string[] {
  return [...candidates.flatMap(({ tags }) => tags), ...otherwise, ...unlinked, ...unnamed]
}
