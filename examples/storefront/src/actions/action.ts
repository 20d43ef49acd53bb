import type { Shop } from '../shop.js'
import type { Dice } from './dice.js'

/** One call to the shop that only reads. It is made afresh whenever it is asked, and must not depend on the time. */
export type Question<T> = (shop: Shop) => PromiseLike<T>

/** One call to the shop that writes: a single statement, a nested write or a whole transaction. */
type Change<T> = (shop: Shop) => PromiseLike<T>

/** How a visitor talks to the shop: every call goes through here under a name, so that it can be measured or checked. */
export interface Visitor {
  ask<T>(name: string, question: Question<T>): Promise<T>
  change<T>(name: string, change: Change<T>): Promise<T>
}

/** Something a visitor does, with its details (which product, which customer) already settled. */
export type Step = (visitor: Visitor) => Promise<unknown>

/** A kind of thing that visitors do. */
export interface Action {
  /** How often it happens, relative to the other actions in the same list. */
  readonly weight: number
  /** Throws the dice for the details. The step may be taken several times, each time on a fresh copy of the shop. */
  plan(dice: Dice): Step
}

/** An action of a single visitor that only reads. */
export interface Page extends Action {
  /** How many questions the page asks. */
  readonly questions: number
}
