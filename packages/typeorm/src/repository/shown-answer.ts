import type { ShownRows } from '@freshet/core/adapter'
import type { EntitySnapshot } from '../entities/snapshot.js'
import { areExcluded } from '../precision/excluded-rows.js'

/** By what stands in the answer and its tags, so that nothing is made for a hit. */
export const shownAnswer: ShownRows = {
  areExcluded: (value, change, tags) =>
    areExcluded((value as Partial<EntitySnapshot> | null)?.shown, tags, change),
}
