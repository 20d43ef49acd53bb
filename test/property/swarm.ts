import type { Random } from './random.js'

/**
 * Of the choices that there are, an episode leaves out some: what is left meets more often, and what one kind of question hides another does
 * not. Another episode leaves out others.
 */
export class Swarm {
  readonly #random: Random | undefined

  /** @param random an episode's own. Default: nothing is left out */
  constructor(random?: Random) {
    this.#random = random
  }

  /** @param name what is chosen: of the same name the same are left out */
  weighted<T>(random: Random, name: string, choices: readonly (readonly [weight: number, value: T])[]): T {
    const left = choices.filter((_, index) => this.#random?.fork(name, index).chance(0.4) !== false)
    return random.weighted(left.length === 0 ? choices : left)
  }

  /** Some of the values, or all. */
  some<T>(name: string, values: readonly T[]): readonly T[] {
    const random = this.#random?.fork(name)
    return random === undefined ? values : random.sample(values, random.int(2, values.length))
  }
}
