import type { Advice } from './advice.js'
import type { ServerFacts } from './server-facts.js'

const remedy =
  'Connect to the servers themselves, or through Sentinel or Cluster: behind something that hides which server answers, nothing is promised across a fail-over.'

/** What answers does not know commands that every Redis does. */
export function commandsOfProxy(servers: readonly ServerFacts[]): Advice | undefined {
  const server = servers.find(({ unknown }) => unknown.length > 0)
  if (server === undefined) return undefined
  return proxy(
    `What answers at ${server.name} does not know ${server.unknown.join(', ')}, so it is not Redis itself but something in front of it, or these commands were renamed.`,
  )
}

/** Two connections that were made alike reach two servers. */
export function twoServers(name: string): Advice {
  return proxy(
    `Two connections to ${name}, at one time, were answered by two servers. What one process invalidates in the one stays valid in the other.`,
  )
}

/** One connection that has not ended is answered by another server than before. */
export function changedServer(name: string): Advice {
  return proxy(`The connection to ${name} has not ended, and yet another server answers than before.`)
}

function proxy(found: string): Advice {
  return { code: 'REDIS_PROXY', message: `${found} ${remedy}` }
}
