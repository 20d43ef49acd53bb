import { startTcpProxy, type TcpProxy } from '../services/index.js'
import type { Loss } from './history.js'
import { now } from './log.js'
import { openStand, type Node, type PushedBy, type RedisAddress, type Stand, type Topology } from './stand.js'

/** A key, and the server that has it. */
export interface KeyAt {
  readonly node: Node
  readonly key: string
}

export interface SceneOptions {
  readonly topology: Topology
  readonly pushedBy: PushedBy
  readonly processes: number
  readonly prefix: string
}

/** What the processes stand on, and what has been done to it. */
export class Scene {
  readonly stand: Stand
  /** Of each process, to each server that it may connect to. */
  readonly wires: readonly (readonly TcpProxy[])[]
  readonly prefix: string
  /** Of the round. */
  losses: Loss[] = []
  /** How often each fault was injected. */
  readonly faults = new Map<string, number>()

  private constructor(stand: Stand, wires: readonly (readonly TcpProxy[])[], prefix: string) {
    this.stand = stand
    this.wires = wires
    this.prefix = prefix
  }

  static async open({ topology, pushedBy, processes, prefix }: SceneOptions): Promise<Scene> {
    const stand = await openStand(topology, pushedBy)
    const wires = Array.from(
      { length: processes },
      async () => await Promise.all(stand.targets.map(async (target) => await startTcpProxy(target))),
    )
    return new Scene(stand, await Promise.all(wires), prefix)
  }

  get addresses(): readonly RedisAddress[] {
    return this.wires.map((wires) => this.stand.addressFor(wires))
  }

  generations(): Promise<readonly KeyAt[]> {
    return this.#keys(`${this.prefix}g:*`)
  }

  entries(): Promise<readonly KeyAt[]> {
    return this.#keys(`${this.prefix}e:*`)
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

  count(fault: string): void {
    this.faults.set(fault, (this.faults.get(fault) ?? 0) + 1)
  }

  async close(): Promise<void> {
    await Promise.all(this.wires.flat().map(async (wire) => await wire.stop()))
    await this.stand.stop()
  }

  async #keys(pattern: string): Promise<readonly KeyAt[]> {
    const masters = await this.stand.masters()
    const found = await Promise.all(
      masters.map(async (node) => ({
        node,
        keys: (await node.command('KEYS', pattern)) as readonly string[],
      })),
    )
    return found.flatMap(({ node, keys }) => keys.map((key) => ({ node, key })))
  }
}
