import { createScript } from './script.js'

/**
 * CLAIM: asks to be the one who loads.
 *
 * | the key | becomes | reply |
 * |---|---|---|
 * | missing, or the own token | the own token, for the lease | 1 |
 * | another token | that, and that somebody waits | 0 |
 *
 * A command that a client library sends again is answered as it was the first time.
 *
 * - KEYS: the claim. ARGV: token, lease in ms.
 */
export const claimScript = createScript(
  'CLAIM',
  `local there = redis.call('GET', KEYS[1])
local owner = there and string.match(there, '^[^|]*')
if there and owner ~= ARGV[1] then
  if owner == there then redis.pcall('SET', KEYS[1], there .. '|', 'KEEPTTL') end
  return 0
end
redis.call('SET', KEYS[1], there or ARGV[1], 'PX', ARGV[2])
return 1
`,
)
