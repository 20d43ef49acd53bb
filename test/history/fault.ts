import type { Random } from '../property/random.js'
import type { Crew } from './crew.js'
import type { Scene } from './scene.js'
import type { Topology } from './stand.js'

export interface FaultContext {
  readonly scene: Scene
  readonly crew: Crew
  readonly random: Random
  readonly leaseMs: number
}

export interface Fault {
  readonly name: string
  readonly weight: number
  /** Where it can be injected. Default: everywhere. */
  readonly topologies?: readonly Topology[]
  inject(context: FaultContext): Promise<void>
}
