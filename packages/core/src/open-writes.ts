import type { MaybePromise } from './maybe-promise.js'
import { andThen, isPromise } from './maybe-promise.js'
import type { WriteObserver } from './observers.js'
import type { Write } from './write.js'

type Everything = Pick<WriteObserver<never>, 'invalidateAll'>

export interface OpenWrite {
  readonly write: Write
  /** What it has written by now: asked for at the end, when every statement has been answered. */
  tags(): readonly string[]
}

/** A commit under way, for every observer. Exactly one of the ends is called, once. */
export class OpenWrites {
  readonly #writes: readonly OpenWrite[]
  /** Who joined since the first of the statements was sent, asked for at the end. */
  readonly #latecomers: () => readonly Everything[]

  constructor(writes: readonly OpenWrite[], latecomers: () => readonly Everything[]) {
    this.#writes = writes
    this.#latecomers = latecomers
  }

  /** Before the commit is sent. @throws what an observer refuses the write with */
  async renew(): Promise<void> {
    for (const { write } of this.#writes) await write.renew()
  }

  committed(source: string): MaybePromise<void> {
    let ended: MaybePromise<void> = undefined
    for (const one of this.#writes) ended = both(ended, one.write.committed(one.tags(), source))
    return both(ended, this.#tellLatecomers(source))
  }

  rolledBack(): MaybePromise<void> {
    let ended: MaybePromise<void> = undefined
    for (const { write } of this.#writes) ended = both(ended, write.rolledBack())
    return ended
  }

  unknown(cause: unknown): MaybePromise<void> {
    let ended: MaybePromise<void> = undefined
    for (const one of this.#writes) ended = both(ended, one.write.unknown(one.tags(), cause))
    return both(ended, this.#tellLatecomers(unknownOutcome))
  }

  #tellLatecomers(source: string): MaybePromise<void> {
    let ended: MaybePromise<void> = undefined
    for (const observer of this.#latecomers()) ended = both(ended, observer.invalidateAll(source))
    return ended
  }
}

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
