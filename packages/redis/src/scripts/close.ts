import { announce, createScript, tagValue, time } from './script.js'
import { settle } from './settle.js'

/**
 * CLOSE: takes an intent away, and gives the tags that were written new generations. Also a bump without an intent.
 *
 * | the key | among the first `n` | after them |
 * |---|---|---|
 * | has the own intent, none has run out | fresh | stays |
 * | has the own intent, another has run out | fresh | fresh |
 * | lacks the own intent: its lease ended, or the key was lost in between | fresh | fresh |
 * | missing | fresh | fresh |
 *
 * In each, the other writers' intents that live stay, and the key expires with the latest of them; with none left it
 * lives for a long time. The generation is replaced also where the own intent is gone, because between the loss and now a
 * reader may have stored what it loaded before the commit.
 *
 * When memory is out a SET fails and a DEL works: a tag without a generation gets one that was never used before.
 *
 * A tag for which a dialect is given is settled instead.
 *
 * - KEYS: tags. ARGV: id (empty: no intent), nonce, n, time to live in ms, the channel on which the keys are told (or none). Then, if
 *   any tag is to be settled, the lease of its dialect in ms, and for each tag its dialect or nothing.
 * - Reply: how many tags had to be deleted; -1 if somebody listens to the channel and the user may not publish. And if other
 *   generations were settled on, how many.
 */
export const closeScript = createScript(
  'CLOSE',
  `${time}${tagValue}${announce}${settle}
local bumped = tonumber(ARGV[3])
local deleted, settled, told = 0, 0, {}
local function close(i, key)
  local generation, intents, pruned, dialect = load(key)
  local others, own = {}, false
  for _, intent in ipairs(intents) do
    if intent[1] == ARGV[1] then own = true else others[#others + 1] = intent end
  end
  if i <= bumped or pruned or not own or not generation then generation = fresh(ARGV[2]) .. dialect end
  if save(key, generation, others, ARGV[4]).err then
    redis.call('DEL', key)
    deleted = deleted + 1
  end
end
for i, key in ipairs(KEYS) do
  local dialect = ARGV[6 + i]
  if dialect and dialect ~= '' then
    if settle(key, dialect, ARGV[2], tonumber(ARGV[6]), ARGV[4]) then
      settled = settled + 1
      told[#told + 1] = key
    end
  else
    close(i, key)
    told[#told + 1] = key
  end
end
if not announce(ARGV[5], told) then deleted = -1 end
if settled > 0 then return { deleted, settled } end
return deleted
`,
)
