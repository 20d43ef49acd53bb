import type { Conditions } from './conditions.js'
import type { MaybePromise } from './maybe-promise.js'
import { andThen, isPromise } from './maybe-promise.js'
import type { WriteObserver } from './observers.js'
import type { Write } from './write.js'

type Everything = Pick<WriteObserver<never>, 'invalidateAll'>

export interface OpenWrite {
  readonly write: Write
  /** What it has written by now: asked for at the end, when every statement has been answered. */
  tags(): readonly string[]
  /** What is certain of the rows for which some of the tags stand. */
  conditions(): Conditions | undefined
}

/** A commit under way, for every observer. Exactly one of the ends is called, once. */
export class OpenWrites {
  readonly #writes: readonly OpenWrite[]
  /** Who joined since the first of the statements was sent, asked for at the end. */
  readonly #latecomers: () => readonly Everything[]

  readonly #ended: () => void

  /** @param ended called when all have been told, by whichever end */
  constructor(
    writes: readonly OpenWrite[],
    latecomers: () => readonly Everything[],
    ended: () => void = nothing,
  ) {
    this.#writes = writes
    this.#latecomers = latecomers
    this.#ended = ended
  }

  /** Before the commit is sent. @throws what an observer refuses the write with */
  async renew(): Promise<void> {
    for (const { write } of this.#writes) await write.renew()
  }

  /** @param conditionally whether nothing but what was written can have been done. Default: nobody knows */
  committed(source: string, conditionally = false): MaybePromise<void> {
    let ended: MaybePromise<void> = undefined
    for (const one of this.#writes) {
      const conditions = conditionally ? one.conditions() : undefined
      ended = both(ended, one.write.committed(one.tags(), source, conditions))
    }
    const told = both(ended, this.#tellLatecomers(source))
    this.#ended()
    return told
  }

  rolledBack(): MaybePromise<void> {
    let ended: MaybePromise<void> = undefined
    for (const { write } of this.#writes) ended = both(ended, write.rolledBack())
    this.#ended()
    return ended
  }

  unknown(cause: unknown): MaybePromise<void> {
    let ended: MaybePromise<void> = undefined
    for (const one of this.#writes) ended = both(ended, one.write.unknown(one.tags(), cause))
    const told = both(ended, this.#tellLatecomers(unknownOutcome))
    this.#ended()
    return told
  }

  #tellLatecomers(source: string): MaybePromise<void> {
    let ended: MaybePromise<void> = undefined
    for (const observer of this.#latecomers()) ended = both(ended, observer.invalidateAll(source))
    return ended
  }
}

const nothing = (): void => undefined

export const unknownOutcome = 'a write of unknown outcome'

/** The marks live long enough for a commit. If one cannot be made to, none of the writes must be sent. */
export async function renewed(writes: OpenWrites): Promise<OpenWrites> {
  try {
    await writes.renew()
    return writes
  } catch (refusal) {
    await writes.rolledBack()
    throw refusal
  }
}

/** Done when both are; a promise only if one of them is. Both are under way already, and neither rejects. */
export function both(one: MaybePromise<void>, other: MaybePromise<void>): MaybePromise<void> {
  return isPromise(one) ? andThen(one, () => other) : other
}
