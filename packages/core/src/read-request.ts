import type { Crowd } from './crowd.js'
import type { Dependencies } from './dependencies.js'
import type { Flight } from './flight.js'
import type { LoadContext } from './load-context.js'
import type { Policy } from './policy.js'
import type { TableExplanation } from './precision/explanation.js'
import type { Space } from './space.js'

/** One cached read: how to find the answer, and how to get it otherwise. */
export interface ReadRequest {
  readonly space: Space
  /** The full key inside the space, scope included. */
  readonly key: string
  readonly dependencies: Dependencies
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
  /** Called when `load` is to be called after the read has been answered: whoever asked may change by then what they asked with. */
  readonly keepArguments?: (() => void) | undefined
  /** `load` is a function of the caller's own: it may call the cache itself, and LOAD_TIMEOUT is raised when it takes too long. */
  readonly isOwnLoader?: boolean
  /** `load` is of several keys at once: that it fails says nothing of this one. */
  readonly isOneOfMany?: boolean
  /** Nobody waits for it. Only the engine says so. */
  readonly isInBackground?: boolean
  /** It is one for all of these, and its answer is what they make theirs of. Only the engine says so. */
  readonly crowd?: Crowd
  /** The load that the read was asked for in, where that would not be known any more. Only the engine says so. */
  readonly within?: Flight
  /**
   * The reader holds what another's load may be waiting for, such as a connection of a pool: it neither joins a load nor waits for one
   * of another process, and loads itself.
   */
  readonly waitsForNobody?: boolean
  /** Loads that begin in one tick are carried out as one: those who ask other processes first and those who need not go together. */
  readonly isBatched?: boolean
  /** For events and statistics, such as `User.findMany`. */
  readonly source?: string | undefined
  /** Filled with how the answer came about, if given. */
  readonly info?: ReadInfo | undefined
}

/** `stale`: a value that one of the stale policies allows, in place of a fresh one. */
export type ReadStatus = 'hit' | 'miss' | 'joined' | 'bypass' | 'stale'

/** How one answer came about. */
export interface ReadInfo {
  status: ReadStatus
  /**
   * Why it was not a hit: `missing`, `expired`, `invalidated`, `held`, `unavailable`, `closed`, `switched off`, or an adapter's own
   * word. Of a stale answer: `expired` and `invalidated` while it is loaded again, `slow` and `error` of a load.
   */
  reason?: string
  /** Milliseconds since a served entry was stored. */
  ageMs?: number
  /** Milliseconds until a served entry expires; negative for one that has. */
  expiresInMs?: number
  /** What the answer depends on. */
  tags?: readonly string[]
  /** The same for each table, with why writes stop it that need not. Only where an adapter tells. */
  tables?: readonly TableExplanation[]
}

/** Says how the answer comes about, to whoever has asked. */
export function tell(request: ReadRequest, status: ReadStatus, reason?: string): void {
  if (request.info === undefined) return
  request.info.status = status
  request.info.tags = request.dependencies.tags
  if (reason !== undefined) request.info.reason = reason
}

/** What is told of a miss that is answered by an error from before. */
export const cooledReason = 'cooled'
