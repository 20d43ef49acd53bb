import { beatScript } from '../scripts/beat.js'
import type { PushWay, PushWayOptions } from './push-way.js'

const channel = '__redis__:invalidate'
const beatTtlMs = 5_000

/**
 * The server tells which keys change, whoever changes them (`CLIENT TRACKING … BCAST`), redirected to the very connection that asks
 * for it, so that both end together.
 */
export function tracking({ keyPrefix, generationPrefix, beatPrefix, beatKey }: PushWayOptions): PushWay {
  const beats = keyPrefix + beatPrefix
  return {
    async begin(client) {
      const id = Number(await client.callBuffer('client', 'id'))
      const prefixes = [keyPrefix + generationPrefix, beats].flatMap((prefix) => ['prefix', prefix])
      await client.callBuffer('client', 'tracking', 'on', 'redirect', id, 'bcast', ...prefixes)
      await client.callBuffer('subscribe', channel)
    },
    beat(text) {
      const key = beatKey(text)
      if (key === undefined) return undefined
      return { call: { script: beatScript, keys: [key], args: [beatTtlMs] }, echo: keyPrefix + key }
    },
    told(from, message) {
      if (from !== channel) return undefined
      // Keys, or nothing, which means all of them.
      if (!Array.isArray(message)) return { changed: undefined, echoes: [] }
      const keys = message.map(String)
      return {
        changed: keys.filter((key) => !key.startsWith(beats)),
        echoes: keys.filter((key) => key.startsWith(beats)),
      }
    },
    hasForgotten: () => false,
    trustMs: Infinity,
  }
}
