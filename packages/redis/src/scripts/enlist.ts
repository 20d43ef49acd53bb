import { createScript, time } from './script.js'

/**
 * ENLIST: writes down that an entry is there, for processes that will want them all, and strikes out those that have
 * expired. The list lives as long as the last of its entries, and has at most `max`: those that expire first make room.
 *
 * - KEYS: the list. ARGV: member, time to live of the entry in ms, max.
 */
export const enlistScript = createScript(
  'ENLIST',
  `${time}
redis.call('ZADD', KEYS[1], string.format('%d', now + ARGV[2]), ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('%d', now))
local over = redis.call('ZCARD', KEYS[1]) - tonumber(ARGV[3])
if over > 0 then redis.call('ZREMRANGEBYRANK', KEYS[1], 0, over - 1) end
local last = redis.call('ZREVRANGE', KEYS[1], 0, 0, 'WITHSCORES')[2]
if last then redis.call('PEXPIREAT', KEYS[1], string.format('%d', tonumber(last))) end
return 1
`,
)
