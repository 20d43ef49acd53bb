/** A connection that is up and pushes every change of a generation on the server with this epoch. */
export interface PushSession {
  /**
   * The moment before a heartbeat was sent whose echo has arrived on this connection, on the cache's clock: every change from before
   * has arrived as well. `-Infinity` until there was one.
   */
  readonly heardAt: number
}

/** By the epoch of the server. Another map whenever one comes or goes, so that a request can remember those it was sent under. */
export type PushSessions = ReadonlyMap<string, PushSession>
