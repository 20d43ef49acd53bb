import type { ConsistencyMode } from '@freshet/core/store'
import type { Advice } from './advice.js'
import type { ServerFacts } from './server-facts.js'

/**
 * Evicting an entry or a generation costs a miss. Evicting a writer's mark costs more if that writer dies, and where writers place
 * none, nothing does.
 */
export function eviction(servers: readonly ServerFacts[], mode: ConsistencyMode): Advice | undefined {
  if (mode === 'eventual') return undefined
  const evicting = servers.find(({ maxMemory, policy }) => maxMemory > 0 && isEvicting(policy))
  if (evicting === undefined) return undefined
  const { name, policy, maxMemory } = evicting
  return {
    code: 'REDIS_EVICTION',
    message: `Redis ${name} evicts keys by '${policy}' when it has used ${maxMemory} bytes. ${meaning(policy)} If a writer then dies before it has said that it committed, what it wrote is not seen until the entries expire. Set maxmemory-policy to noeviction: when memory is out, nothing new is cached, and nothing that is written is overlooked.`,
  }
}

const isEvicting = (policy: string): boolean => /^(?:allkeys|volatile)-/.test(policy)

function meaning(policy: string): string {
  return policy.startsWith('volatile-')
    ? 'It evicts keys that have a time to live, which are exactly those of the cache: its entries, which costs misses, and the marks of writers that are about to commit.'
    : 'That costs misses, and may take the marks of writers that are about to commit.'
}
