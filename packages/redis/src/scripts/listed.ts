import { createScript } from './script.js'

/**
 * LISTED: what ENLIST has written down, what expires last first. A script, as the plain command answers in another shape in each
 * protocol.
 *
 * - KEYS: the list. ARGV: the latest expiry in ms, or `+inf`; how many to leave out; how many to tell.
 * - Reply: member, expiry in ms, member, …
 */
export const listedScript = createScript(
  'LISTED',
  `return redis.call('ZREVRANGEBYSCORE', KEYS[1], ARGV[1], '-inf', 'WITHSCORES', 'LIMIT', ARGV[2], ARGV[3])
`,
)
