import { createScript, epoch, time } from './script.js'

/**
 * CHECK: whether tags still have what was known of them, which takes the server less time than telling it.
 *
 * | the keys | the server's epoch | reply |
 * |---|---|---|
 * | each has what is expected | is what is expected | 1 |
 * | anything else | | as READ |
 *
 * - KEYS: tags. ARGV: the epoch expected, then the value expected of each key.
 */
export const checkScript = createScript(
  'CHECK',
  `${epoch}
local values = redis.call('MGET', unpack(KEYS))
local function isSame()
  for i = 1, #KEYS do
    if values[i] ~= ARGV[i + 1] then return false end
  end
  local info = redis.pcall('INFO', 'replication')
  return type(info) == 'string'
    and string.find(info, 'master_replid:' .. ARGV[1], 1, true)
    and string.find(info, 'role:master', 1, true)
end
if isSame() then return 1 end
${time}
return { epoch(), micros, values }
`,
)
