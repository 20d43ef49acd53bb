import { setTimeout as wait } from 'node:timers/promises'
import type { Random } from '../property/random.js'
import type { TcpProxy } from '../services/index.js'
import type { Fault, FaultContext } from './fault.js'
import { stagedFaults } from './staged-faults.js'

const plain: readonly Fault[] = [
  {
    name: 'slow network',
    weight: 3,
    // Of several processes at once: what a slow reader breaks may only be seen while a writer is slow as well.
    inject: async ({ crew, random }) => {
      const slow = random.sample(crew.members, random.int(1, 4)).flatMap(({ wires }) => some(wires, random))
      for (const wire of slow)
        if (random.chance(0.5)) wire.delay(random.pick([3, 20, 80]))
        else wire.delay(random.pick([80, 250]), 'to client')
      await wait(random.int(100, 800))
      for (const wire of slow) wire.delay(0)
    },
  },
  {
    name: 'connections cut',
    weight: 3,
    inject: async (context) => await onWires(context, async (wires) => wires.forEach((wire) => wire.cut())),
  },
  {
    name: 'connections half open',
    weight: 2,
    inject: async (context) =>
      await onWires(context, async (wires, random) => {
        for (const wire of wires) wire.stall()
        await wait(random.int(50, 900))
        const isCut = random.chance(0.5)
        for (const wire of wires) {
          if (isCut) wire.cut()
          wire.resume()
        }
      }),
  },
  {
    name: 'connections cut before the answer',
    weight: 6,
    // The client library sends the commands again that have been carried out already.
    inject: async (context) =>
      await onWires(context, async (wires, random) => {
        for (const wire of wires) wire.stallAnswers()
        await wait(random.int(10, 150))
        for (const wire of wires) {
          wire.cut()
          wire.resume()
        }
      }),
  },
]

/** What is done to the wires between processes and servers. */
export const networkFaults: readonly Fault[] = [...plain, ...stagedFaults]

/** All of a process's wires, or one: its way to one server, or of what is pushed. */
function some(wires: readonly TcpProxy[], random: Random): readonly TcpProxy[] {
  return random.chance(0.5) ? wires : [random.pick(wires)]
}

async function onWires(
  { crew, random }: FaultContext,
  spoil: (wires: readonly TcpProxy[], random: Random) => Promise<void>,
): Promise<void> {
  await spoil(some(random.pick(crew.members).wires, random), random)
}
