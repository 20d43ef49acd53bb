import type { Advice } from './advice.js'
import type { ServerFacts } from './server-facts.js'
import type { Trial } from './trials.js'

/** All that is not permitted, at once: mended one by one, each would be found by another way in which the cache does not work. */
export function permissions(servers: readonly ServerFacts[], tried: readonly Trial[]): Advice | undefined {
  const server = servers.find(({ refused }) => refused.length > 0)
  if (server === undefined) return undefined
  const lost = new Set(
    tried.filter(({ command }) => server.refused.includes(nameOf(command))).map((t) => t.for),
  )
  return {
    code: 'REDIS_PERMISSIONS',
    message: `Redis ${server.name} does not permit ${server.refused.join(', ')} to the user of the client, on the keys and channels of the store's prefix. Without these it is not so that ${[...lost].join(', or that ')}. Permit them, with ACL SETUSER or where your provider has users.`,
  }
}

/** As it is called in messages: with its subcommand, where it has some. */
export function nameOf(command: Trial['command']): string {
  const [name, first] = command
  return (name === 'client' ? `${name} ${String(first)}` : name).toUpperCase()
}
