import { createScript } from './script.js'

/**
 * CLAIM: asks to be the one who loads.
 *
 * | the key | becomes | reply |
 * |---|---|---|
 * | missing, or the own token | the own token, for the lease | 1 |
 * | another token | what it was | 0 |
 *
 * A command that a client library sends again is answered as it was the first time.
 *
 * - KEYS: the claim. ARGV: token, lease in ms.
 */
export const claimScript = createScript(
  'CLAIM',
  `local there = redis.call('GET', KEYS[1])
if there and there ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
`,
)
