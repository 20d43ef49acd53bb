import { createScript, epoch, time } from './script.js'

/**
 * READ: the values of keys, entries and tags alike, with the epoch of the server that has them.
 *
 * The epoch comes in the reply that it labels: one that was learned before, even in the same round trip, may be the old
 * server's while the values are the new one's.
 *
 * - KEYS: entries and tags.
 * - Reply: epoch, the server's time in µs, the values; nil for what is not there.
 */
export const readScript = createScript(
  'READ',
  `${time}${epoch}
return { epoch(), micros, redis.call('MGET', unpack(KEYS)) }
`,
)
