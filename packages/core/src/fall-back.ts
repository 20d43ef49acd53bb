import { shared } from './answer.js'
import type { Background } from './background.js'
import type { Clock } from './clock.js'
import { attempt } from './failover/attempt.js'
import type { Attempt } from './failover/attempt.js'
import type { LookUps } from './look-up.js'
import type { MaybePromise } from './maybe-promise.js'
import type { ReadInfo, ReadRequest } from './read-request.js'
import { cooledReason, tell } from './read-request.js'
import { isFailure } from './resilience.js'
import type { StaleAnswers } from './stale.js'
import { isWithin, lastValue } from './stale.js'
import type { Counters } from './stats.js'
import type { Outdated } from './store.js'

export interface FallBackParts {
  readonly clock: Clock
  readonly counters: Counters
  readonly lookUps: LookUps
  readonly background: Background
  readonly staleAnswers: StaleAnswers
}

type Load = (request: ReadRequest) => MaybePromise<unknown>

/** The way of a read that has a last value to fall back on, if its load is slow or fails: `staleIfError` and its timeouts. */
export class FallBack {
  readonly #parts: FallBackParts

  constructor(parts: FallBackParts) {
    this.#parts = parts
  }

  async answer(request: ReadRequest, last: Outdated, load: Load): Promise<unknown> {
    // The load may outlive this answer, and then has nothing more to say about it.
    const info: ReadInfo = { status: 'miss' }
    const loading = attempt(() => load({ ...request, info }))
    const ended = await this.#inTime(request, last, loading)
    const end = async () => this.#ended(request, last, info, ended ?? (await loading))
    return ended === undefined ? this.#parts.staleAnswers.serve(request, last, 'slow', end) : end()
  }

  #ended(
    request: ReadRequest,
    last: Outdated,
    info: ReadInfo,
    loaded: Attempt<unknown>,
  ): MaybePromise<unknown> {
    if (!loaded.ok) return this.#failed(request, last, loaded.cause, info.reason === cooledReason)
    if (request.info !== undefined) Object.assign(request.info, info)
    return loaded.value
  }

  /** `undefined` if the load goes on in the background, because it takes too long. */
  async #inTime(
    request: ReadRequest,
    last: Outdated,
    loading: Promise<Attempt<unknown>>,
  ): Promise<Attempt<unknown> | undefined> {
    const { clock, background } = this.#parts
    const limitMs = waitMs(request)
    if (limitMs === 0) return loading
    let cancel!: () => void
    const tooSlow = new Promise<undefined>((resolve) => {
      cancel = clock.setTimer(() => {
        if (!background.hasRoom || !this.#mayServe(request, last)) return
        background.load(loading)
        resolve(undefined)
      }, limitMs)
    })
    try {
      return await Promise.race([loading, tooSlow])
    } finally {
      cancel()
    }
  }

  /** Looks again: the value may have been deleted meanwhile, or loaded by another process. */
  async #failed(request: ReadRequest, last: Outdated, error: unknown, isCooled: boolean): Promise<unknown> {
    if (!isFailure(request.policy.resilience, error)) throw error
    const value = isCooled ? last : await this.#lookAgain(request, last)
    if (value === undefined) throw error
    if (typeof value === 'function') return value()
    if (!this.#mayServe(request, value)) throw error
    return this.#parts.staleAnswers.serve(request, value, 'error', () => {
      throw error
    })
  }

  async #lookAgain(request: ReadRequest, last: Outdated): Promise<Outdated | (() => unknown) | undefined> {
    const { lookUps, counters } = this.#parts
    const lookup = await lookUps.again(request)
    if (lookup.status === 'absent' && lookup.reason === 'unavailable') return last
    const fresh = lookUps.live(lookup)
    if (fresh === undefined) return lastValue(lookup)
    return () => {
      counters.awaited++
      tell(request, 'joined', 'error')
      return shared(request, fresh.copy)
    }
  }

  #mayServe({ policy }: ReadRequest, value: Outdated): boolean {
    return isWithin(value, policy.resilience.staleIfErrorMs, this.#parts.clock.now())
  }
}

/** Where nothing is raised after `hardTimeout`, it is a time to fall back as well. */
function waitMs({ policy, isOwnLoader }: ReadRequest): number {
  const { softTimeoutMs, hardTimeoutMs } = policy.resilience
  if (softTimeoutMs !== 0) return softTimeoutMs
  return isOwnLoader === true ? 0 : hardTimeoutMs
}
