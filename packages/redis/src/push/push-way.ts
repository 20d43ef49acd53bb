import type { PushClient } from '../client.js'
import type { ScriptCall } from '../link.js'

/** How a server is made to tell of changes, and to say how far it has told. */
export interface PushWay {
  /** Has the server tell on this connection. Rejects with what the server says if it refuses. */
  begin(client: PushClient): Promise<void>
  /** A heartbeat: what to run, and what will be told when everything from before it has been told. */
  beat(text: string): Beat | undefined
  /** What a message says; `undefined` if it says nothing. */
  told(channel: string, message: unknown): Told | undefined
  /** Whether the reply to a heartbeat says that the server may have forgotten what it had before. */
  hasForgotten(reply: unknown): boolean
  /** How long what was asked for is used on the word of this alone, in ms. */
  readonly trustMs: number
}

interface Beat {
  readonly call: ScriptCall
  readonly echo: string
}

export interface Told {
  /** Keys of generations, as the server has them; `undefined`: anything may have changed. */
  readonly changed: readonly string[] | undefined
  readonly echoes: readonly string[]
}

export interface PushWayOptions {
  /** What stands in front of all keys on the server, and is not told by whoever uses them. */
  readonly keyPrefix: string
  /** What the keys of generations begin with, and those of this connection's heartbeats. */
  readonly generationPrefix: string
  readonly beatPrefix: string
  /** Beats on keys of this kind are executed by the server that this is a connection to. `undefined`: no key is. */
  readonly beatKey: (text: string) => string | undefined
}

/** Where the server refuses, it says so; any other error passes: a server that is starting, or a connection that broke. */
export function isRefusal(cause: unknown): cause is Error {
  return cause instanceof Error && /^(?:NOPERM|ERR) /.test(cause.message)
}
