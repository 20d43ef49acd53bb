import { createHash } from 'node:crypto'

/** A script that runs inside Redis, as one step that nobody sees half of. */
export interface Script {
  /** For messages. */
  readonly name: string
  readonly lua: string
  /** What EVALSHA calls it by. */
  readonly sha1: string
}

export function createScript(name: string, lua: string): Script {
  return Object.freeze({ name, lua, sha1: createHash('sha1').update(lua).digest('hex') })
}

/**
 * What every script begins with: the server's time, in microseconds and, as leases have it, in milliseconds.
 *
 * A generation is the client's nonce and this time, put together inside the script: client libraries send a command
 * again when its connection breaks before the reply, and a generation that the client had chosen would then be set a
 * second time, after others, and make entries of long ago valid.
 */
export const time = `
local time = redis.call('TIME')
local micros = time[1] * 1000000 + time[2]
local now = math.floor(micros / 1000)
local function fresh(nonce)
  return nonce .. time[1] .. string.format('%06d', time[2])
end
`

/**
 * Which memory a generation belongs to: `master_replid` is another after every promotion and after every start of a
 * server as a master, whatever data it starts with. Empty on a server that is no master, whose generations are worth
 * nothing; false where INFO does not tell.
 */
export const epoch = `
local function epoch()
  local info = redis.pcall('INFO', 'replication')
  if type(info) ~= 'string' then return false end
  if not string.find(info, 'role:master', 1, true) then return '' end
  local _, before = string.find(info, 'master_replid:', 1, true)
  return before and string.match(info, '^%w+', before + 1) or false
end
`

/**
 * The value of a tag's key: `generation` or `generation|id:expiresMs|id:expiresMs`, one part per intent. That of a table is followed
 * by the dialect that it is written in (see `settle`), which stays with every generation.
 *
 * `load` gives the generation with its dialect, the intents that still live, in their order, whether any has run out: then its writer
 * may have committed without replacing the generation; and the dialect by itself. A key that holds anything but text counts as
 * missing.
 */
export const tagValue = `
local function load(key)
  local value = redis.pcall('GET', key)
  if type(value) ~= 'string' or value == '' then return false, {}, false, '' end
  local intents, pruned = {}, false
  for id, expires in string.gmatch(value, '|([^|:]+):(%d+)') do
    if tonumber(expires) > now then
      intents[#intents + 1] = { id, tonumber(expires) }
    else
      pruned = true
    end
  end
  local generation = string.match(value, '^[^|]*')
  return generation, intents, pruned, string.match(generation, '@.*$') or ''
end

local function save(key, generation, intents, ttl)
  local latest = 0
  for _, intent in ipairs(intents) do
    generation = generation .. '|' .. intent[1] .. ':' .. string.format('%d', intent[2])
    latest = math.max(latest, intent[2])
  end
  if latest > 0 then
    return redis.pcall('SET', key, generation, 'PXAT', string.format('%d', latest))
  end
  return redis.pcall('SET', key, generation, 'PX', ttl)
end
`

/**
 * Tells everybody who listens to a channel that the keys change: those that the server itself does not tell. Gives whether they
 * could be told, as far as is known. Nothing is published where nobody listens: a cluster hands on a message to all its nodes.
 */
export const announce = `
local function announce(channel, keys)
  if not channel or #keys == 0 then return true end
  local heard = redis.pcall('PUBSUB', 'NUMSUB', channel)
  if heard[2] == 0 then return true end
  local told = redis.pcall('PUBLISH', channel, table.concat(keys, '\\n'))
  return type(told) == 'number' or not heard[2]
end
`
