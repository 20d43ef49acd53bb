import type { LoadContext } from './load-context.js'
import type { Policy } from './policy.js'
import type { Space } from './space.js'

/** One cached read: how to find the answer, and how to get it otherwise. */
export interface ReadRequest {
  readonly space: Space
  /** The full key inside the space, scope included. */
  readonly key: string
  /** Normalised tags that are known before the load. */
  readonly tags: readonly string[]
  /** What only the answer tells that it depends on. Default: nothing. */
  readonly late?: LateTags | undefined
  readonly policy: Policy
  readonly load: (context: LoadContext) => unknown
  /**
   * Makes every answer of this read, whether the value was stored, shared by a load that it joined, or loaded for it;
   * without it the answer is a copy, and its own load's is what that returned. The value is the store's own: it may
   * neither be changed nor become part of the answer.
   */
  readonly restore?: ((value: unknown) => unknown) | undefined
  /** What `load` returns was made as data, so a copy need not look for what data does not have. */
  readonly isPlain?: boolean
  /** For events and statistics, such as `User.findMany`. */
  readonly source?: string | undefined
  /** Filled with how the answer came about, if given. */
  readonly info?: ReadInfo | undefined
}

/** Tags that are known once the data has been read. */
export interface LateTags {
  /** Every write that changes one of these tags changes one of the clocks, which are read before the data. */
  readonly clocks: readonly string[]
  /** Those of an answer; `undefined`: it cannot be told, and the clocks stand for them. */
  of(value: unknown): readonly string[] | undefined
}

export type ReadStatus = 'hit' | 'miss' | 'joined' | 'bypass'

/** How one answer came about. */
export interface ReadInfo {
  status: ReadStatus
  /** Why it was not a hit: `missing`, `expired`, `invalidated`, `held`, `unavailable`, `closed`, `switched off`, or an adapter's own word. */
  reason?: string
  /** Milliseconds since a served entry was stored. */
  ageMs?: number
  /** Milliseconds until a served entry expires. */
  expiresInMs?: number
  /** What the answer depends on. */
  tags?: readonly string[]
}

/** All tags whose generations must be read before the data. */
export function toldBefore({ tags, late }: ReadRequest): readonly string[] {
  return late === undefined ? tags : [...tags, ...late.clocks]
}

/** Says how the answer comes about, to whoever has asked. */
export function tell(request: ReadRequest, status: ReadStatus, reason?: string): void {
  if (request.info === undefined) return
  request.info.status = status
  request.info.tags = request.tags
  if (reason !== undefined) request.info.reason = reason
}
