import { announce, createScript, tagValue, time } from './script.js'
import { settle } from './settle.js'

/**
 * INTENT: marks tags, because a writer is about to commit; the same script renews the mark.
 *
 * | the key | its generation | its intents |
 * |---|---|---|
 * | missing | fresh | the own one |
 * | there | stays | the others' and the own one |
 * | there, with an intent that has run out | fresh | those that live, and the own one |
 *
 * The own one ends `lease` from now, or when it already did if that is later: a renewal never cuts it short. The key
 * expires with the latest of its intents. If every writer has died by then, the tag has no generation, and gets another.
 *
 * A tag for which a dialect is given is not marked, but settled.
 *
 * - KEYS: tags. ARGV: id, nonce, lease in ms, the channel on which the keys are told (or none): who serves copies without asking
 *   would not hear of a writer that dies before CLOSE. Then, if any tag is to be settled, the time to live of its generation and the
 *   lease of its dialect in ms, and for each tag its dialect or nothing.
 * - Reply: the server's time in ms, and if other generations were settled on, how many. An error if memory is out: then nothing was
 *   marked.
 */
export const intentScript = createScript(
  'INTENT',
  `${time}${tagValue}${announce}${settle}
local expires = now + tonumber(ARGV[3])
local settled, told = 0, {}
local function mark(key)
  local generation, intents, pruned, dialect = load(key)
  if not generation or pruned then generation = fresh(ARGV[2]) .. dialect end
  local own = false
  for _, intent in ipairs(intents) do
    if intent[1] == ARGV[1] then
      intent[2] = math.max(intent[2], expires)
      own = true
    end
  end
  if not own then intents[#intents + 1] = { ARGV[1], expires } end
  local saved = save(key, generation, intents)
  if saved.err then return saved end
end
for i, key in ipairs(KEYS) do
  local dialect = ARGV[6 + i]
  if dialect and dialect ~= '' then
    if settle(key, dialect, ARGV[2], tonumber(ARGV[6]), ARGV[5]) then
      settled = settled + 1
      told[#told + 1] = key
    end
  else
    local failed = mark(key)
    if failed then return failed end
    told[#told + 1] = key
  end
end
announce(ARGV[4], told)
if settled > 0 then return { now, settled } end
return now
`,
)
