import type { TcpProxy } from '../services/index.js'
import type { HostAndPort, NatMap } from './stand.js'

/** Where servers are for a process, by where they say that they are. */
export function natMapOf(targets: readonly HostAndPort[], wires: readonly TcpProxy[]): NatMap {
  return Object.fromEntries(
    targets.map(({ host, port }, index) => [`${host}:${port}`, addressOf(wires[index]!)]),
  )
}

export const addressOf = ({ host, port }: HostAndPort): HostAndPort => ({ host, port })
