import {
  FreshetError,
  type MaybePromise,
  type ResolvedConsistency,
  type StoreContext,
} from '@freshet/core/store'
import type { Push } from '../push/push.js'
import type { PushSessions } from '../push/push-session.js'
import type { Generations } from './generations.js'

export interface NearModeParts {
  readonly context: StoreContext
  readonly silenceMs: number
  readonly generations: () => Generations
  /** @throws FreshetError UNSUPPORTED_CONSISTENCY if the client cannot make connections for what is pushed */
  readonly createPush: () => Push
}

// A connection, twice a server that says nothing, and a heartbeat.
const hearingLimitMs = 15_000
const maxIntervalMs = 1_000
const minIntervalMs = 10
const beatsPerLimit = 3

/**
 * How fresh the copies of this process must be now, and the push connections that it takes.
 *
 * `strong` asks for generations at each look-up. The other two are one rule with two limits: `bounded` has the user's, `eventual` the
 * silence after which a push connection is not trusted; and `eventual` uses nothing that is not pushed.
 */
export class NearMode {
  readonly #parts: NearModeParts
  #consistency: ResolvedConsistency
  /** What it is, or is about to be. */
  #wanted: ResolvedConsistency
  #push: Push | undefined
  #isClosed = false

  constructor(parts: NearModeParts) {
    this.#parts = parts
    this.#consistency = this.#wanted = parts.context.consistency
    if (this.#consistency.mode !== 'strong') this.#push = parts.createPush()
  }

  /** How old what is known of a generation may be when it is used without asking. `undefined`: it is never used without asking. */
  get limitMs(): number | undefined {
    return this.#consistency.mode === 'strong' ? undefined : this.#staleAfterMs(this.#consistency)
  }

  /** Whether what nobody pushes changes of is not used without asking, however young it is. */
  get onlyPushed(): boolean {
    return this.#consistency.mode === 'eventual'
  }

  /** Whether writers mark what they are about to change before they commit. */
  get marksWrites(): boolean {
    return this.#consistency.mode !== 'eventual' || this.#parts.context.needsIntents === true
  }

  /** Whether only what was asked for counts, as a limit that the user has set is kept whatever writers do. */
  get trustsNoWriter(): boolean {
    return this.#wanted.mode === 'bounded'
  }

  /** How often it is asked how far a server's push has come. */
  get intervalMs(): number {
    const staleAfterMs = Math.min(this.#staleAfterMs(this.#wanted), this.#parts.silenceMs)
    return Math.min(maxIntervalMs, Math.max(minIntervalMs, staleAfterMs / beatsPerLimit))
  }

  /**
   * The push connections that count: as long as nothing is served on their word, none. So what was asked for before they count is
   * not younger by them, and what they may have missed until then does not matter.
   */
  get sessions(): PushSessions {
    return this.#consistency.mode === 'strong' ? noSessions : (this.#push?.sessions ?? noSessions)
  }

  /** Whether a gap in what is pushed takes anything away: nothing hangs on it otherwise. */
  get heedsGaps(): boolean {
    return this.#consistency.mode !== 'strong'
  }

  listen(): void {
    this.#push?.start()
  }

  close(): void {
    this.#isClosed = true
    this.#push?.close()
  }

  /**
   * @throws FreshetError UNSUPPORTED_CONSISTENCY, at once; SWITCH_FAILED if the servers are not heard in time, or if it is called
   * again meanwhile
   */
  become(consistency: ResolvedConsistency): MaybePromise<void> {
    if (consistency.mode !== 'strong' && this.#push === undefined) this.#push = this.#parts.createPush()
    this.#wanted = consistency
    if (consistency.mode !== 'eventual') return this.#settle(consistency)
    return this.#whenHeard(consistency)
  }

  async #whenHeard(consistency: ResolvedConsistency): Promise<void> {
    const push = this.#push!
    if (!this.#isClosed) push.start()
    const isHeard = await push.isHeard(hearingLimitMs)
    if (this.#wanted !== consistency)
      throw failed(consistency, 'its consistency was changed again before that was done')
    if (isHeard) return this.#settle(consistency)
    this.#wanted = this.#consistency
    if (this.#consistency.mode === 'strong') this.#endPush()
    throw failed(
      consistency,
      `Redis was not heard on the connections that tell of changes within ${hearingLimitMs / 1_000} s, without which no copy is served without asking`,
    )
  }

  /** All at once: no look-up is between the two. */
  #settle(consistency: ResolvedConsistency): void {
    this.#consistency = consistency
    this.#wanted = consistency
    this.#parts.generations().limitsChanged()
    if (consistency.mode !== 'strong') return
    this.#endPush()
    this.#parts.generations().unlinked()
  }

  #endPush(): void {
    this.#push?.close()
    this.#push = undefined
  }

  #staleAfterMs(consistency: ResolvedConsistency): number {
    return consistency.mode === 'bounded' ? consistency.maxStalenessMs : this.#parts.silenceMs
  }
}

const noSessions: PushSessions = new Map()

function failed({ mode }: ResolvedConsistency, reason: string): FreshetError {
  return new FreshetError(
    'SWITCH_FAILED',
    `The cache was not made ${mode}: ${reason}. It is as it was; look at cache.switches, at the connection and at the server's log.`,
  )
}
