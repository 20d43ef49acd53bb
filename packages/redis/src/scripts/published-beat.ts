import { createScript, epoch } from './script.js'

/**
 * PUBLISHED BEAT: has the server say something behind all that was published before, and tells whether it still remembers the last.
 *
 * - KEYS: a mark that only these heartbeats set. ARGV: its time to live in ms, the channel, what to say.
 * - Reply: the epoch; whether the mark was there, 0 or 1. An error if the user may not publish.
 */
export const publishedBeatScript = createScript(
  'PUBLISHED BEAT',
  `${epoch}
local there = redis.call('GET', KEYS[1]) and 1 or 0
redis.call('SET', KEYS[1], '', 'PX', ARGV[1])
redis.call('PUBLISH', ARGV[2], ARGV[3])
return { epoch(), there }
`,
)
