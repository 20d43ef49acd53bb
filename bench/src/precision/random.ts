/** A source of numbers in [0, 1) that gives the same sequence for the same seed. */
export type Random = () => number

/** Makes a seeded generator (mulberry32). */
export function createRandom(seed: number): Random {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** A whole number from `min` to `max`, both included. */
export const between = (random: Random, min: number, max: number): number =>
  min + Math.floor(random() * (max - min + 1))

export const pick = <T>(random: Random, list: readonly T[]): T => list[Math.floor(random() * list.length)]!

/** Draws indexes of `weights`, each as often as its share of the total. */
export function weighted(weights: readonly number[]): (random: Random) => number {
  let total = 0
  const ends = weights.map((weight) => (total += weight))
  return (random) => firstAbove(ends, random() * total)
}

/** Draws ranks from 1 to `size`, where rank k comes up in proportion to 1 / k^exponent. */
export function zipf(size: number, exponent: number): (random: Random) => number {
  const draw = weighted(Array.from({ length: size }, (_, index) => 1 / (index + 1) ** exponent))
  return (random) => draw(random) + 1
}

function firstAbove(ends: readonly number[], value: number): number {
  let low = 0
  let high = ends.length - 1
  while (low < high) {
    const middle = (low + high) >> 1
    if (ends[middle]! > value) high = middle
    else low = middle + 1
  }
  return low
}
