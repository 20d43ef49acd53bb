import type { StoreContext } from '@freshet/core/store'
import type { PayloadFormat } from '../payload.js'
import type { Arrival, Arrivals } from './arrivals.js'

export interface InboxOptions {
  readonly arrivals: Arrivals
  readonly format: PayloadFormat
  readonly context: StoreContext
  /** How much may wait, in bytes. */
  readonly maxBytes: number
  /** Something was missed. */
  readonly onMissed: () => void
  /** Entries were changed by hand. */
  readonly onHand: () => void
}

/** What is published when an entry is put or deleted by hand: its namespace has to be looked through. */
export const handMessage = Buffer.alloc(0)

/** What has been published and not yet been looked at: bounded, however fast it comes. */
export class Inbox {
  readonly #options: InboxOptions
  #waiting: Buffer[] = []
  #bytes = 0
  #isBusy = false
  #hasMissed = false

  constructor(options: InboxOptions) {
    this.#options = options
  }

  readonly add = (message: Buffer): void => {
    const { maxBytes, onHand } = this.#options
    if (message.length === 0) return onHand()
    this.#bytes += message.length
    this.#waiting.push(message)
    if (this.#bytes > maxBytes) {
      this.#empty()
      this.#hasMissed = true
    }
    if (!this.#isBusy) void this.#work()
  }

  async #work(): Promise<void> {
    const { arrivals, context, onMissed } = this.#options
    this.#isBusy = true
    // What comes in one turn is looked at together.
    await Promise.resolve()
    while (this.#waiting.length > 0) {
      try {
        await arrivals.keep(this.#empty().flatMap((message) => this.#open(message)))
      } catch (cause) {
        context.failed('keep published entries', cause)
      }
    }
    this.#isBusy = false
    if (!this.#hasMissed) return
    this.#hasMissed = false
    onMissed()
  }

  #empty(): readonly Buffer[] {
    const all = this.#waiting
    this.#waiting = []
    this.#bytes = 0
    return all
  }

  #open(message: Buffer): readonly Arrival[] {
    const { format, context } = this.#options
    try {
      return [{ payload: format.open(message) }]
    } catch (cause) {
      context.failed('read published entry', cause)
      return []
    }
  }
}
