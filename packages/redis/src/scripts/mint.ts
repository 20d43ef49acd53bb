import { createScript, epoch, time } from './script.js'

/**
 * MINT: gives the tags that have no generation a fresh one, and changes nothing else.
 *
 * | the key | becomes | reply |
 * |---|---|---|
 * | missing, empty or not text | a fresh generation, for a long time | that |
 * | there, with or without intents | what it was | what it was |
 *
 * Somebody may have put a generation or an intent there since the reader saw nothing: the reply says so.
 * When memory is out the key stays missing, and the reply is nil.
 *
 * - KEYS: tags. ARGV: nonce, time to live in ms, and for each tag the dialect that its generation is to name, or nothing (see `settle`).
 * - Reply: as READ.
 */
export const mintScript = createScript(
  'MINT',
  `${time}${epoch}
local values = {}
for i, key in ipairs(KEYS) do
  local value = redis.pcall('GET', key)
  if type(value) ~= 'string' or value == '' then
    local dialect = ARGV[2 + i]
    value = fresh(ARGV[1])
    if dialect and dialect ~= '' then value = value .. '@' .. dialect end
    local set = redis.pcall('SET', key, value, 'PX', ARGV[2])
    if set.err then value = false end
  end
  values[i] = value
end
return { epoch(), micros, values }
`,
)
