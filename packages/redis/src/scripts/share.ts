import { put } from './put.js'
import { createScript } from './script.js'

/**
 * SHARE: as PUT, and tells everybody who listens of the entry, in the same step: what is told is in Redis, and in the order in
 * which it was put there.
 *
 * - KEYS: the entry. ARGV: payload, time to live in ms, channel.
 * - Reply: 0 if the entry that was there stays; 1; or why nobody could be told.
 */
export const shareScript = createScript(
  'SHARE',
  `${put}
local told = redis.pcall('PUBLISH', ARGV[3], ARGV[1])
return type(told) == 'table' and told.err or 1
`,
)
