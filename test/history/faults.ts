import type { Fault } from './fault.js'
import { networkFaults } from './network-faults.js'
import { processFaults } from './process-faults.js'
import { serverFaults } from './server-faults.js'
import type { Topology } from './stand.js'
import { standaloneFaults } from './standalone-faults.js'
import { topologyFaults } from './topology-faults.js'

/** By what they befall: of each kind there is one at a time. */
const faults = {
  server: [...serverFaults, ...standaloneFaults, ...topologyFaults],
  network: networkFaults,
  process: processFaults,
} as const satisfies Readonly<Record<string, readonly Fault[]>>

export type FaultKind = keyof typeof faults

/** Those that a topology has, by parts of their names if some are given. */
export function faultsFor(kind: FaultKind, topology: Topology, only?: readonly string[]): readonly Fault[] {
  return faults[kind].filter(
    ({ name, topologies }: Fault) =>
      (topologies === undefined || topologies.includes(topology)) &&
      (only === undefined || only.some((part) => name.includes(part))),
  )
}
