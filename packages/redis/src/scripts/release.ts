import { createScript } from './script.js'

/**
 * RELEASE: ends a claim, if it is still the own one: it may have run out, and another process may have it.
 *
 * - KEYS: the claim. ARGV: token.
 * - Reply: 1 if it was the own one.
 */
export const releaseScript = createScript(
  'RELEASE',
  `if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])
`,
)
