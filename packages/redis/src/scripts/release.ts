import { createScript } from './script.js'

/**
 * RELEASE: ends a claim, if it is still the own one: it may have run out, and another process may have it. If somebody waits, it is
 * told; that nobody may publish, or hears of it, costs those who wait a pause.
 *
 * - KEYS: the claim. ARGV: token, the channel on which its end is told.
 * - Reply: 1 if it was the own one.
 */
export const releaseScript = createScript(
  'RELEASE',
  `local there = redis.call('GET', KEYS[1])
if not there or string.match(there, '^[^|]*') ~= ARGV[1] then return 0 end
redis.call('DEL', KEYS[1])
if there ~= ARGV[1] and ARGV[2] then redis.pcall('PUBLISH', ARGV[2], KEYS[1]) end
return 1
`,
)
