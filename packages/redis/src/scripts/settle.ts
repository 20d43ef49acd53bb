/**
 * What a writer does to a table's own tag whose other tags it changes as it understands them. The generation is followed by the
 * dialect in which the table is written, `generation@dialect`, or, for as long as several may be writing, by each with the server's
 * time in ms until which it may: `generation@dialect:expiresMs,dialect:expiresMs`.
 *
 * | the key names                       | its generation | it names then                                            |
 * |-------------------------------------|----------------|----------------------------------------------------------|
 * | the writer's dialect                | stays          | the same                                                 |
 * | another                             | fresh          | both: its entries fall, and new ones carry the clock     |
 * | several, another of which may write | stays          | these, with the writer's                                 |
 * | several, none of which may any more | stays          | the writer's                                             |
 * | none                                | stays          | the writer's                                             |
 * | missing                             | fresh          | the writer's                                             |
 *
 * A writer of another dialect that began before may still commit: as long as it may, entries carry the clock, which it has
 * marked. Its own dialect is written anew in good time, so that what is left of it is never shorter than the writer's mark.
 *
 * Needs `time`. Gives whether the generation is another.
 */
export const settle = `
local function settle(key, own, nonce, lease, ttl)
  local value = redis.pcall('GET', key)
  if type(value) ~= 'string' or value == '' then
    redis.pcall('SET', key, fresh(nonce) .. '@' .. own, 'PX', ttl)
    return true
  end
  local generation, label, marks = string.match(value, '^([^|@]*)@?([^|]*)(.*)$')
  if label == own then return false end
  local till = string.format('%d', now + 2 * lease)
  local living, isKnown, isFresh = {}, false, false
  if label ~= '' and not string.find(label, ':', 1, true) then
    generation = fresh(nonce)
    isFresh = true
    living[1] = label .. ':' .. till
  end
  local isPruned = false
  for id, expires in string.gmatch(label, '([^,:]+):(%d+)') do
    local left = tonumber(expires) - now
    if id == own then
      isKnown = left > 1.5 * lease
    elseif left > 0 then
      living[#living + 1] = id .. ':' .. expires
    else
      isPruned = true
    end
  end
  if isKnown and not isPruned then return false end
  if #living == 0 then
    label = own
  else
    living[#living + 1] = own .. ':' .. till
    label = table.concat(living, ',')
  end
  if redis.pcall('SET', key, generation .. '@' .. label .. marks, 'KEEPTTL').err then redis.call('DEL', key) end
  return isFresh
end
`
