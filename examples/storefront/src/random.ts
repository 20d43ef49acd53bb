/** A source of numbers in [0, 1) that gives the same sequence for the same seed. */
export type Random = () => number

/** Makes a seeded generator (mulberry32, 32 bits of state: enough for test data, not for secrets). */
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
export function between(random: Random, min: number, max: number): number {
  return min + Math.floor(random() * (max - min + 1))
}

/** One element of a list that is not empty. */
export function pick<T>(random: Random, list: readonly T[]): T {
  return list[Math.floor(random() * list.length)] as T
}

/** `count` different whole numbers from 1 to `max`; fewer if there are not so many. */
export function distinct(count: number, max: number, draw: () => number): number[] {
  const drawn = new Set<number>()
  while (drawn.size < Math.min(count, max)) drawn.add(draw())
  return [...drawn]
}

/** Draws indexes of `weights`, each as often as its share of the total. */
export function weighted(weights: readonly number[]): (random: Random) => number {
  const ends: number[] = []
  let total = 0
  for (const weight of weights) ends.push((total += weight))
  return (random) => firstAbove(ends, random() * total)
}

/** Draws ranks from 1 to `size`, where rank k comes up in proportion to 1/k (Zipf's law with exponent 1). */
export function zipf(size: number): (random: Random) => number {
  const draw = weighted(Array.from({ length: size }, (_, index) => 1 / (index + 1)))
  return (random) => draw(random) + 1
}

function firstAbove(ends: readonly number[], value: number): number {
  let low = 0
  let high = ends.length - 1
  while (low < high) {
    const middle = (low + high) >> 1
    if ((ends[middle] as number) > value) high = middle
    else low = middle + 1
  }
  return low
}
