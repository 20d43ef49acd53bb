import { createServer, type Server, type ServerResponse } from 'node:http'
import { startMariaDb } from './mariadb.js'
import { startPostgres } from './postgres.js'
import { startRedis } from './redis.js'
import { startRedisCluster } from './redis-cluster.js'
import { startRedisSentinelSet } from './redis-sentinel.js'
import type { Address, Service } from './service.js'

/** What a broker hands out, as JSON carries it. */
export interface Shared {
  readonly postgres: Address
  readonly mariadb: Address
  readonly redis: Address
  readonly 'redis-cluster': { readonly addresses: readonly HostAndPort[] }
  readonly 'redis-sentinel': { readonly name: string; readonly sentinels: readonly HostAndPort[] }
}

interface HostAndPort {
  readonly host: string
  readonly port: number
}

type Kind = keyof Shared

/** Hands out one server of each kind to everybody in a test run. */
export interface Broker {
  /** Where to ask: `GET <url>/<kind>` answers with where the server is ({@link Shared}) as JSON. */
  readonly url: string
  /** Stops every server that was handed out. */
  stop(): Promise<void>
}

type Running = Pick<Service, 'stop'>

const starters: { readonly [K in Kind]: () => Promise<Running & Shared[K]> } = {
  postgres: startPostgres,
  mariadb: startMariaDb,
  redis: async () => await startRedis(),
  'redis-cluster': async () => {
    const { addresses, stop } = await startRedisCluster()
    return { addresses, stop }
  },
  'redis-sentinel': async () => {
    const { name, sentinels, stop } = await startRedisSentinelSet()
    return { name, sentinels, stop }
  },
}

/** Starts a broker on the loopback interface; a server is started when it is first asked for. */
export async function startBroker(): Promise<Broker> {
  const services = new Map<Kind, Promise<Running>>()
  const server = createServer((request, response) => {
    const kind = (request.url ?? '').slice(1)
    if (!isKind(kind)) return reply(response, 404, { error: `there is no service '${kind}'` })
    const service = services.get(kind) ?? starters[kind]()
    services.set(kind, service)
    service.then(
      (found) => reply(response, 200, found),
      (error: unknown) => reply(response, 500, { error: String(error) }),
    )
  })
  const url = await listen(server)
  const stop = async () => {
    server.close()
    server.closeAllConnections()
    const started = await Promise.allSettled(services.values())
    await Promise.all(
      started.map(async (result) => (result.status === 'fulfilled' ? await result.value.stop() : undefined)),
    )
  }
  return { url, stop }
}

/** Asks a broker for the server of one kind; waits until it runs. */
export async function askBroker<K extends Kind>(url: string, kind: K): Promise<Shared[K]> {
  const response = await fetch(`${url}/${kind}`)
  const answer = (await response.json()) as Shared[K] | { readonly error: string }
  if ('error' in answer) throw new Error(answer.error)
  return answer
}

function isKind(name: string): name is Kind {
  return Object.hasOwn(starters, name)
}

function reply(response: ServerResponse, status: number, body: object): void {
  // Who is busy for seconds between two questions would ask the second on a connection that has ended meanwhile.
  response.writeHead(status, { 'content-type': 'application/json', connection: 'close' })
  response.end(JSON.stringify(body))
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no TCP port was assigned')
  return `http://127.0.0.1:${address.port}`
}
