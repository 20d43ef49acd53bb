import { weighted } from '../random.js'
import type { ShopSize } from '../seed/size.js'
import { accountChanges, accountPages } from './account.js'
import type { Action, Page, Step } from './action.js'
import { browsing } from './browse.js'
import { buying } from './checkout.js'
import { createDice } from './dice.js'
import { staffWork } from './staff.js'

const PAGES: readonly Page[] = [...browsing, ...accountPages]
const CHANGES: readonly Action[] = [...buying, ...accountChanges, ...staffWork]

/** What the plan is made for. */
export interface PlanOptions {
  readonly seed: number
  readonly actions: number
  /** The share of calls to the shop that write, from 0 to 1. A transaction counts as one call. */
  readonly writeShare: number
  readonly size: ShopSize
}

/** Settles everything that visitors will do, so that it can be done again in the same way. */
export function planVisits({ seed, actions, writeShare, size }: PlanOptions): Step[] {
  const dice = createDice(seed, size)
  const drawPage = weighted(PAGES.map((page) => page.weight))
  const drawChange = weighted(CHANGES.map((action) => action.weight))
  const changeShare = shareOfChanges(writeShare)
  return Array.from({ length: actions }, () => {
    const action =
      dice.chance() < changeShare ? CHANGES[drawChange(dice.chance)] : PAGES[drawPage(dice.chance)]
    return (action as Action).plan(dice)
  })
}

/** A page asks several questions, a change is one call: for 5 % of calls to write, more than 5 % of actions must be changes. */
function shareOfChanges(writeShare: number): number {
  const totalWeight = PAGES.reduce((sum, page) => sum + page.weight, 0)
  const questionsPerPage = PAGES.reduce((sum, page) => sum + page.weight * page.questions, 0) / totalWeight
  return (writeShare * questionsPerPage) / (1 - writeShare + writeShare * questionsPerPage)
}
