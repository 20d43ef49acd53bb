import type { FreshetError, StoreContext } from '@freshet/core/store'
import type { CommandPart } from './client.js'
import type { Link, ScriptCall } from './link.js'
import { groupsOf } from './readings.js'
import type { Script } from './scripts/script.js'

// Between two attempts, unless the client becomes ready before.
const pauseMs = 50

/** Brings what a writer has to say to every server that has one of its tags. */
export class Delivery {
  readonly #link: Link
  readonly #context: StoreContext
  /** A message was tried for its whole limit in vain, and none has arrived since. */
  #isAway = false
  /** Who waits for the client to be ready. All by one listener: clients warn of a leak where there are many. */
  readonly #waiting = new Set<() => void>()
  #stopListening: (() => void) | undefined

  constructor(link: Link, context: StoreContext) {
    this.#link = link
    this.#context = context
  }

  /**
   * Runs a script on keys until every server has carried it out, or the limit has passed, or one has said that it never will.
   *
   * Only the first message of an outage is tried for long: if every write waited, the application would stand still with
   * Redis.
   *
   * @param args of the script for some of the keys, as each node gets its own
   * @param limitMs how long it is tried; a writer waits for it
   * @returns the replies
   * @throws FreshetError STORE_UNAVAILABLE, STORE_TIMEOUT: it is not known which servers carried it out
   */
  async deliver(
    script: Script,
    keys: readonly string[],
    args: (keys: readonly string[]) => readonly CommandPart[],
    limitMs: number,
  ): Promise<readonly unknown[]> {
    const until = this.#context.now() + limitMs
    const replies: unknown[] = []
    let open = groupsOf(this.#link, keys)
    for (;;) {
      const calls = open.map((group): ScriptCall => ({ script, keys: group, args: args(group) }))
      const outcomes = await this.#link.run(calls, {
        timeoutMs: Math.max(1, until - this.#context.now()),
        insistent: !this.#isAway,
      })
      let error: FreshetError | undefined
      open = open.filter((_, index) => {
        const outcome = outcomes[index]!
        if (outcome.ok) replies.push(outcome.reply)
        else error = outcome.error
        return !outcome.ok
      })
      if (error === undefined) {
        this.#isAway = false
        return replies
      }
      if (isFinal(error) || this.#isAway) throw error
      if (this.#context.now() >= until) {
        this.#isAway = true
        throw error
      }
      await this.#pause()
    }
  }

  /** Whether the keys are those of several servers, which carry out what they are sent at different times. */
  isSpread(keys: readonly string[]): boolean {
    return groupsOf(this.#link, keys).length > 1
  }

  async #pause(): Promise<void> {
    let goOn!: () => void
    let cancel!: () => void
    const over = new Promise<void>((resolve) => {
      goOn = resolve
      cancel = this.#context.setTimer(resolve, pauseMs)
    })
    this.#waiting.add(goOn)
    this.#stopListening ??= this.#link.wire.onReady(() => this.#goOn())
    await over
    cancel()
    this.#waiting.delete(goOn)
    if (this.#waiting.size > 0) return
    this.#stopListening?.()
    this.#stopListening = undefined
  }

  #goOn(): void {
    for (const goOn of this.#waiting) goOn()
  }
}

/** An answer that will be the same a moment later; a server that is starting or changing roles says something else then. */
function isFinal({ cause }: FreshetError): boolean {
  return cause instanceof Error && /^(?:OOM|NOPERM|NOAUTH|WRONGPASS|ERR) /.test(cause.message)
}
