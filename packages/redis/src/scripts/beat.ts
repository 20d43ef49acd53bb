import { createScript, epoch } from './script.js'

/**
 * BEAT: changes a key that nobody reads, so that the server pushes it behind all changes from before.
 *
 * A write on the connection of the other scripts: an answer to a PING, on the connection that is pushed to, would say nothing
 * about what other connections have changed, and could come from a replica that lags.
 *
 * - KEYS: the key. ARGV: its time to live in ms.
 * - Reply: the epoch.
 */
export const beatScript = createScript(
  'BEAT',
  `${epoch}
redis.call('SET', KEYS[1], '', 'PX', ARGV[1])
return epoch()
`,
)
