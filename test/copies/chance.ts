/** Choices that a seed repeats: mulberry32 (Ettinger, 2017). */
export class Chance {
  #state: number

  constructor(seed: number) {
    this.#state = seed >>> 0
  }

  number(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let t = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1)
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }

  isOneIn(count: number): boolean {
    return this.number() * count < 1
  }

  upTo(max: number): number {
    return Math.floor(this.number() * (max + 1))
  }

  of<T>(items: readonly T[]): T {
    return items[Math.floor(this.number() * items.length)]!
  }

  some<T>(items: readonly T[], max: number): T[] {
    return [...new Set(Array.from({ length: 1 + this.upTo(max - 1) }, () => this.of(items)))]
  }
}
