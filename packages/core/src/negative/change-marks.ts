import { randomInt } from 'node:crypto'
import { hashOf } from './text-hash.js'

const slots = 2 ** 16

/**
 * When tags were last changed, in a place that does not grow: several tags share a number, so that a change of one is taken for one of the
 * others as well, which costs a miss and never freshness.
 */
export class ChangeMarks {
  readonly #last = new Uint32Array(slots)
  readonly #seed = randomInt(2 ** 32)
  /** Changes so far: what is true now is dated by it. */
  count = 0

  /** To be called at each change of a tag. */
  mark(prefix: string, tag: string): void {
    this.#last[this.#slotOf(prefix, tag)] = ++this.count
  }

  hasChanged(prefix: string, tag: string, since: number): boolean {
    return this.#last[this.#slotOf(prefix, tag)]! > since
  }

  get bytes(): number {
    return this.#last.byteLength
  }

  #slotOf(prefix: string, tag: string): number {
    return hashOf(tag, hashOf(prefix, this.#seed)) % slots
  }
}
