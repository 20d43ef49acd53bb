import { startRedisServer, startTcpProxy, type RedisServer, type TcpProxy } from '../services/index.js'
import type { Loss } from './history.js'
import { now } from './log.js'

/** What the processes stand on, and what has been done to it. */
export class Scene {
  /** The server that the processes are connected to. */
  server: RedisServer
  /** Another one, for what a server that lags behind does. */
  other: RedisServer
  readonly proxies: readonly TcpProxy[]
  readonly prefix: string
  /** Of the round. */
  losses: Loss[] = []
  /** How often each fault was injected. */
  readonly faults = new Map<string, number>()

  private constructor(server: RedisServer, other: RedisServer, count: number, prefix: string) {
    this.server = server
    this.other = other
    this.prefix = prefix
    this.proxies = []
    this.#count = count
  }

  readonly #count: number

  static async open(processes: number, prefix: string): Promise<Scene> {
    const [server, other] = await Promise.all([startRedisServer(), startRedisServer()])
    const scene = new Scene(server, other, processes, prefix)
    await scene.#connect()
    return scene
  }

  async #connect(): Promise<void> {
    // Asked at every connection: after a fail-over the way leads to the other server.
    const current = () => this.server
    const target = {
      get host() {
        return current().host
      },
      get port() {
        return current().port
      },
    }
    for (let i = 0; i < this.#count; i++) (this.proxies as TcpProxy[]).push(await startTcpProxy(target))
  }

  /** Runs what makes the store forget, and remembers when that was. */
  async losing(
    what: string,
    forget: () => Promise<unknown>,
    of: Pick<Loss, 'row' | 'process'> = {},
  ): Promise<void> {
    const from = now()
    try {
      await forget()
    } finally {
      this.losses.push({ what, from, to: now(), ...of })
    }
  }

  /** The way leads to the other server from now on. */
  switchServers(): void {
    const { server, other } = this
    this.server = other
    this.other = server
    for (const proxy of this.proxies) proxy.cut()
  }

  count(fault: string): void {
    this.faults.set(fault, (this.faults.get(fault) ?? 0) + 1)
  }

  async close(): Promise<void> {
    await Promise.all(this.proxies.map(async (proxy) => await proxy.stop()))
    await Promise.all([this.server.stop(), this.other.stop()])
  }
}
