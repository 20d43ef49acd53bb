import type { Advice } from './advice.js'

/**
 * Near copies end with the entries that they are copies of, so there is no time to live of theirs that could be the longer one. That of
 * generations can be the shorter one.
 */
export function tagTtl(entryTtlMs: number, tagTtlMs: number): Advice | undefined {
  if (entryTtlMs <= tagTtlMs) return undefined
  return {
    code: 'REDIS_TAG_TTL',
    message: `An entry was stored for ${entryTtlMs} ms, but the generations that it depends on are kept for ${tagTtlMs} ms after their last change ('tagTtl'), and it is not served without them. Give redisStore() a longer 'tagTtl', or entries a shorter 'ttl'.`,
  }
}
