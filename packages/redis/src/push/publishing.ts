import { publishedBeatScript } from '../scripts/published-beat.js'
import type { PushWay, PushWayOptions } from './push-way.js'

/** What separates the keys in a message: tags have no such character. */
const separator = '\n'
const markTtlMs = 60_000
/**
 * A change is told by whoever makes it, so it is as good as its least willing writer: one that may not publish, or somebody who
 * deletes a generation by hand.
 */
const trustMs = 10_000

/** The channel on which writers tell which generations they change. */
export function changesChannel(keyPrefix: string, generationPrefix: string): string {
  return keyPrefix + generationPrefix
}

/**
 * The writers tell which generations they change: the scripts that do it publish them.
 *
 * What nobody writes is not told: a generation that is evicted or runs out. Those whose copies have it lose nothing by that: what it
 * was made of has not changed until a writer has marked or closed the tag, which is told. What a flush takes away is noticed by a
 * mark that the heartbeats leave.
 *
 * A limit that the user has set is kept whatever writers do: then what is told makes nothing younger.
 */
export function publishing(
  { keyPrefix, generationPrefix, beatPrefix, beatKey }: PushWayOptions,
  trustsNoWriter: () => boolean,
): PushWay {
  const changes = changesChannel(keyPrefix, generationPrefix)
  const beats = keyPrefix + beatPrefix
  return {
    async begin(client) {
      await client.callBuffer('subscribe', changes, beats)
    },
    beat(text) {
      const mark = beatKey('')
      if (mark === undefined) return undefined
      // With the server's name in it: in a cluster each hears what is published at any.
      const echo = mark + text
      return { call: { script: publishedBeatScript, keys: [mark], args: [markTtlMs, beats, echo] }, echo }
    },
    told(from, message) {
      if (from === beats) return { changed: [], echoes: [String(message)] }
      return from === changes ? { changed: String(message).split(separator), echoes: [] } : undefined
    },
    hasForgotten: (reply) => Array.isArray(reply) && reply[1] !== 1,
    get trustMs() {
      return trustsNoWriter() ? 0 : trustMs
    },
  }
}
