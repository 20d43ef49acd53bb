import { setTimeout as wait } from 'node:timers/promises'
import type { Fault } from './fault.js'

/** What is done to servers that replace one another. */
export const topologyFaults: readonly Fault[] = [
  {
    name: 'master killed, a replica that lags takes over',
    weight: 3,
    topologies: ['sentinel', 'cluster'],
    inject: async ({ scene, random }) => {
      const { stand } = scene
      const master = random.pick(await stand.masters())
      if (random.chance(0.7)) {
        await stand.leaveBehind!(master)
        await wait(random.int(20, 600))
      }
      await scene.losing('fail-over', async () => await stand.failOver!(master))
    },
  },
  {
    name: 'slot moved',
    weight: 12,
    topologies: ['cluster'],
    inject: async ({ scene, random }) => {
      for (let i = 0; i < 5; i++) {
        const keys = await (random.chance(0.7) ? scene.generations() : scene.entries())
        const [found] = random.sample(keys, 1)
        if (found === undefined) return
        await scene.stand.moveSlot!(Number(await found.node.command('CLUSTER', 'KEYSLOT', found.key)))
        await wait(random.int(0, 50))
      }
    },
  },
]
