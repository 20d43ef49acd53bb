import type { StoreContext } from '@freshet/core/store'
import type { NodeClient, RedisClient } from '../client.js'
import type { Keys } from '../keys.js'
import type { Link } from '../link.js'
import type { Advice } from './advice.js'
import { applications, parseMembers, withMember } from './applications.js'
import { clocks } from './clocks.js'
import { eviction } from './eviction.js'
import { inspect } from './inspect.js'
import { lease } from './lease.js'
import type { ResolvedAdviceOptions } from './options.js'
import { permissions } from './permissions.js'
import { changedServer, commandsOfProxy, twoServers } from './proxy.js'
import type { ServerFacts } from './server-facts.js'
import { textOf } from './text-of.js'
import { type Trial, trials } from './trials.js'
import { whoHas } from './who.js'

export interface AdvisorParts {
  readonly client: RedisClient
  readonly link: Link
  readonly keys: Keys
  readonly context: StoreContext
  readonly advice: ResolvedAdviceOptions
  readonly leaseMs: number
  /** Whether entries travel to every process. */
  readonly isReplicated: boolean
  /** In ms since the epoch. Default `Date.now`. */
  readonly wallClock?: () => number
}

interface Server {
  readonly name: string
  readonly node: NodeClient
  /** One of its keys; `undefined`: none was found. */
  readonly key: string | undefined
}

/**
 * Looks at how the servers are configured, some time after the start and off the path of every query, and warns once of each thing that works,
 * but not as its owner most likely wants. What it cannot find out it keeps to itself: it fails nothing.
 */
export class Advisor {
  readonly #parts: AdvisorParts
  readonly #wallClock: () => number
  /** Who answered on the connection of queries when it was last looked. */
  #answering: { readonly runId: string; readonly connections: number } | undefined
  #timer: NodeJS.Timeout | undefined

  constructor(parts: AdvisorParts) {
    this.#parts = parts
    this.#wallClock = parts.wallClock ?? Date.now
  }

  start(): void {
    this.#schedule(this.#parts.advice.afterMs)
  }

  stop(): void {
    clearTimeout(this.#timer)
  }

  /** Never rejects. */
  async look(): Promise<void> {
    try {
      await this.#look()
    } catch {
      // What it could not find out is said by whoever needs it.
    }
  }

  #schedule(ms: number): void {
    // Not on the cache's clock, which tests stop: what is looked at has the real one.
    this.#timer = setTimeout(() => void this.#next(), ms)
    this.#timer.unref()
  }

  async #next(): Promise<void> {
    const { client, advice } = this.#parts
    const isReady = client.status === 'ready'
    this.#schedule(isReady ? advice.everyMs : advice.afterMs)
    if (isReady) await this.look()
  }

  async #look(): Promise<void> {
    const { context, leaseMs, advice } = this.#parts
    const { mode } = context.consistency
    const servers = this.#servers()
    const tried = this.#trials()
    const inspected = await Promise.all(servers.map((server) => this.#inspect(server, tried)))
    const facts = inspected.filter((found) => found !== undefined)
    this.#tell(
      permissions(facts, tried),
      commandsOfProxy(facts),
      eviction(facts, mode),
      clocks(facts, leaseMs),
      lease(leaseMs, advice.databaseLimitMs, mode),
    )
    for (const [index, server] of servers.entries()) await this.#compare(server, inspected[index])
    await this.#meet(facts[0])
  }

  #tell(...all: readonly (Advice | undefined)[]): void {
    for (const advice of all) if (advice !== undefined) this.#parts.context.warn(advice.code, advice.message)
  }

  #trials(): readonly Trial[] {
    const { client, keys, context, isReplicated } = this.#parts
    const prefix = (client.options.keyPrefix ?? '') + keys.prefix
    const isPushed = context.near !== undefined && context.consistency.mode !== 'strong'
    return trials({ key: `${prefix}advice`, isPushed, channel: isReplicated ? `${prefix}advice` : undefined })
  }

  #servers(): readonly Server[] {
    const { client, keys } = this.#parts
    if (client.isCluster !== true) {
      if (typeof client.duplicate !== 'function') return []
      const node = client as NodeClient
      return [{ name: nameOf(node), node, key: `${keys.prefix}advice` }]
    }
    const nodes = client.nodes?.('master') ?? []
    return nodes.map((node) => ({ name: nameOf(node), node, key: this.#keyOn(nameOf(node)) }))
  }

  /** Found by trying, as which server has a key is a matter of its hash. */
  #keyOn(name: string): string | undefined {
    const { link, keys } = this.#parts
    for (let i = 0; i < maxTries; i++) {
      const key = `${keys.prefix}advice:${i}`
      if (link.wire.nodeOf(link.wire.groupOf(key)) === name) return key
    }
    return undefined
  }

  async #inspect({ node, name }: Server, tried: readonly Trial[]): Promise<ServerFacts | undefined> {
    return await inspect({ node, name, trials: tried, wallClock: this.#wallClock })
  }

  /** Whether a connection of queries ends where one made just now does, and where it ended before. */
  async #compare(server: Server, facts: ServerFacts | undefined): Promise<void> {
    const { link, client } = this.#parts
    if (server.key === undefined || client.isPooled === true) return
    const connections = link.wire.connections()
    const runId = await whoHas(link, server.key)
    if (runId === undefined || link.wire.connections() !== connections) return
    if (client.isCluster !== true) this.#notice(server, { runId, connections })
    if (facts === undefined || facts.runId === '' || facts.runId === runId) return
    // It may have been restarted, or replaced, in between. Then both find the new one now.
    const again = await this.#inspect(server, [])
    const still = await whoHas(link, server.key)
    const isSame = again === undefined || still === undefined || again.runId === still
    if (!isSame && link.wire.connections() === connections) this.#tell(twoServers(server.name))
  }

  #notice({ name }: Server, now: { readonly runId: string; readonly connections: number }): void {
    const before = this.#answering
    this.#answering = now
    if (before !== undefined && before.connections === now.connections && before.runId !== now.runId)
      this.#tell(changedServer(name))
  }

  /** Leaves word of this application in its namespace, and reads who else has. */
  async #meet(facts: ServerFacts | undefined): Promise<void> {
    const { link, keys, context, advice } = this.#parts
    const { application } = advice
    if (application === undefined || facts === undefined) return
    const namespace = context.namespace ?? ''
    const key = `${keys.prefix}a:${namespace}`
    const now = Math.round(this.#wallClock() + facts.aheadMs)
    const found = await link.command('get', key)
    const members = withMember(parseMembers(textOf(found)), application, now)
    await link.command('set', key, JSON.stringify(members), 'px', keptMs)
    const where = namespace === '' ? `the prefix '${keys.prefix}'` : `the namespace '${namespace}'`
    this.#tell(applications(members, application, where, now))
  }
}

// Far more than it takes in a cluster of a hundred masters.
const maxTries = 2_000
const keptMs = 86_400_000

/** A client that finds its server by others has no address in its options. */
function nameOf({ options: { host, port } }: NodeClient): string {
  return host === undefined ? 'of the client' : `${host}:${port ?? 6379}`
}
