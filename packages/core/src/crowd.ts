import { copyOut, prepareCopy } from './clone.js'
import type { PreparedCopy } from './clone.js'
import type { ReadRequest } from './read-request.js'
import type { Lookup } from './store.js'

/** What one reader was brought for all of a crowd: each makes an answer of its own of it. */
export class Brought {
  readonly #value: unknown
  #copy: PreparedCopy | undefined
  #isPrepared = false

  constructor(value: unknown) {
    this.#value = value
  }

  /** `apart` if it cannot be copied. */
  answer({ restore }: ReadRequest): unknown {
    if (restore !== undefined) return restore(this.#value)
    if (!this.#isPrepared) {
      this.#isPrepared = true
      this.#copy = prepareCopy(this.#value)
    }
    return this.#copy === undefined ? apart : copyOut(this.#copy.master, this.#copy.plan)
  }
}

/** There is nothing that could be shared: each loads for itself. */
export const apart = Symbol('apart')

/** What the readers of a crowd go on with; a look-up: each by itself. */
export type CrowdAnswer = Brought | typeof apart | Lookup

/**
 * Readers who ask for the same in one tick, and whom one look-up answers: one of them goes the way of a read for all.
 *
 * It goes that way after all of them have asked, so what is fresh enough for it is for them. What it does not do for others is load
 * alone, since whoever does may wait for ever.
 */
export class Crowd {
  /** The reader who goes the way. */
  readonly request: ReadRequest
  readonly answer: Promise<CrowdAnswer>
  /** How many are answered with it. Final once the look-up has ended. */
  readers = 1

  constructor(request: ReadRequest, begin: (crowd: Crowd) => Promise<CrowdAnswer>) {
    this.request = { ...request, restore: bring, crowd: this }
    this.answer = begin(this)
  }

  /** Whether what is done for the crowd is just what would be done for this reader. */
  isFor({ policy, source, isOwnLoader, isBatched, dependencies }: ReadRequest): boolean {
    const { request } = this
    return (
      policy.resilience === request.policy.resilience &&
      source === request.source &&
      isOwnLoader === request.isOwnLoader &&
      isBatched === request.isBatched &&
      (dependencies.late === undefined) === (request.dependencies.late === undefined)
    )
  }
}

/** Whether a reader may be one of a crowd at all. */
export function mayCrowd({ policy, info, waitsForNobody }: ReadRequest): boolean {
  return info === undefined && waitsForNobody !== true && !policy.resilience.isOnMiss
}

const bring = (value: unknown): Brought => new Brought(value)
