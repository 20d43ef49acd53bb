/** A connection that is up and tells of every change of a generation on the server with this epoch. */
export interface PushSession {
  /**
   * The moment before a heartbeat was sent whose echo has arrived on this connection, on the cache's clock: every change from before
   * has arrived as well. `-Infinity` until there was one.
   */
  readonly heardAt: number
  /** For how long after it was asked for anything is used on the word of this connection alone, in ms. Default: for ever. */
  readonly trustMs?: number
}

/** By the epoch of the server. Another map whenever one comes or goes, so that a request can remember those it was sent under. */
export type PushSessions = ReadonlyMap<string, PushSession>
