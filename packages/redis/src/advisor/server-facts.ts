/** What is known of one server, from a connection of the advisor's own. */
export interface ServerFacts {
  /** For messages: where the client is connected to. */
  readonly name: string
  readonly runId: string
  /** In bytes; 0 is as much as there is. */
  readonly maxMemory: number
  readonly policy: string
  /** Its clock before ours, in ms, if the answer took half of the way for each direction. */
  readonly aheadMs: number
  /** How long the answer took. */
  readonly roundTripMs: number
  /** Commands that the user of the client may not run. */
  readonly refused: readonly string[]
  /** Commands that whatever answers does not know, although every Redis does. */
  readonly unknown: readonly string[]
}
