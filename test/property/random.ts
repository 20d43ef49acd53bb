/**
 * A seeded source of choices. The same labels give the same choices on every machine, and `fork` gives an
 * independent source, so that each step can be made again on its own, without the steps before it.
 */
export interface Random {
  /** A number in [0, 1). */
  next(): number
  /** A whole number between the two, both included. */
  int(min: number, max: number): number
  chance(probability: number): boolean
  pick<T>(list: readonly T[]): T
  /** `count` different members in random order (fewer when the list is shorter). */
  sample<T>(list: readonly T[], count: number): T[]
  weighted<T>(choices: readonly (readonly [weight: number, value: T])[]): T
  fork(...labels: Label[]): Random
}

export type Label = string | number

/** The random source that belongs to these labels. */
export function randomFrom(...labels: Label[]): Random {
  const text = labels.join('/')
  const next = mulberry32(hash(text))
  const int = (min: number, max: number): number => min + Math.floor(next() * (max - min + 1))
  const sample = <T>(list: readonly T[], count: number): T[] => {
    const rest = [...list]
    const taken: T[] = []
    while (taken.length < count && rest.length > 0) taken.push(...rest.splice(int(0, rest.length - 1), 1))
    return taken
  }
  return {
    next,
    int,
    sample,
    chance: (probability) => next() < probability,
    pick: <T>(list: readonly T[]): T => {
      if (list.length === 0) throw new RangeError('Cannot pick from an empty list.')
      return list[int(0, list.length - 1)] as T
    },
    weighted: <T>(choices: readonly (readonly [number, T])[]): T => {
      let left = next() * choices.reduce((sum, [weight]) => sum + weight, 0)
      for (const [weight, value] of choices) {
        left -= weight
        if (left < 0) return value
      }
      const last = choices.at(-1)
      if (!last) throw new RangeError('Cannot pick from an empty list.')
      return last[1]
    },
    fork: (...more) => randomFrom(text, ...more),
  }
}

/** FNV-1a with a final mix: neighbouring labels must not give neighbouring seeds. */
function hash(text: string): number {
  let h = 0x811c9dc5
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193)
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}

function mulberry32(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}
