import { createScript, time } from './script.js'

/** What storing begins with: it ends the script if the entry that is there stays. */
export const put = `${time}
local function readAt(payload)
  local at = 0
  for i = 2, 9 do at = at * 256 + string.byte(payload, i) end
  return at
end
local there = redis.pcall('GETRANGE', KEYS[1], 0, 8)
if type(there) == 'string' and #there == 9 and string.byte(there) == string.byte(ARGV[1]) then
  local at = readAt(there)
  if at > readAt(ARGV[1]) and at <= micros then return 0 end
end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
`

/**
 * PUT: stores an entry, unless the one that is there was loaded under generations that were read later.
 *
 * The older one could never be served, as its generations have been replaced, or are the same; in the place of the newer
 * one it would cost a miss. A time that has not come yet is no reason: the server's clock was set back.
 *
 * | the key | becomes |
 * |---|---|
 * | missing, of another version, or read at the same time, earlier or in the future | the new entry |
 * | an entry whose generations were read later, up to now | what it was |
 *
 * - KEYS: the entry. ARGV: payload, time to live in ms.
 */
export const putScript = createScript('PUT', `${put}return 1\n`)
