import { setTimeout as wait } from 'node:timers/promises'
import type { Random } from '../property/random.js'
import type { Fault, FaultContext } from './fault.js'
import { follow, promote } from './replication.js'
import { isStandalone, type Standalone } from './stand.js'

type Inject = (context: FaultContext, stand: Standalone) => Promise<void>

const fault = (name: string, weight: number, inject: Inject): Fault => ({
  name,
  weight,
  topologies: ['standalone'],
  inject: async (context) => {
    const { stand } = context.scene
    if (isStandalone(stand)) await inject(context, stand)
  },
})

/** What is done to one server that nobody watches. */
export const standaloneFaults: readonly Fault[] = [
  fault('killed and restarted empty', 2, async ({ scene, random }, { server }) => {
    await scene.losing('restart', async () => {
      await server.kill()
      await wait(random.pick([0, 50, 400]))
      await server.start()
    })
  }),
  fault('killed and restarted from an old file', 3, async ({ scene, random }, { server }) => {
    const file = await server.save()
    await wait(random.int(50, 800))
    await scene.losing('restart', async () => await server.restart(file))
  }),
  fault('demoted, and promoted with an older memory', 4, async ({ scene, random }, stand) => {
    await fallBehind(stand, random)
    await scene.losing('fail-over and back', async () => {
      await follow(stand.server, stand.other)
      await promote(stand.server)
    })
  }),
  fault('failed over to a server that lags', 3, async ({ scene, random }, stand) => {
    await fallBehind(stand, random)
    await scene.losing('fail-over', async () => {
      const { server, other } = stand
      stand.server = other
      stand.other = server
      for (const wire of scene.wires.flat()) wire.cut()
    })
  }),
]

/** The other server has what this one had a while ago. */
async function fallBehind({ server, other }: Standalone, random: Random): Promise<void> {
  await follow(other, server)
  await promote(other)
  await wait(random.int(20, 800))
}
