import { setTimeout as wait } from 'node:timers/promises'
import type { Random } from '../property/random.js'
import type { Crew, Member } from './crew.js'
import type { Fault, FaultContext } from './fault.js'
import { coldRows, hotRows } from './rows.js'

/** Faults with an order that chance does not bring: who reads and writes what meanwhile is told. */
export const stagedFaults: readonly Fault[] = [
  {
    name: 'what is pushed is held up',
    weight: 2,
    topologies: ['standalone'],
    inject: async ({ crew, random }) => {
      const members = random.sample(crew.members, random.int(1, 4))
      const pushes = members.map(({ wires }) => wires[1]!)
      for (const member of members) member.send({ type: 'read', rows: hotRows, forMs: 400 })
      await wait(50)
      for (const push of pushes) push.stallAnswers()
      await wait(random.int(10, 100))
      writeEverywhere(crew, random)
      await wait(random.int(100, 350))
      for (const push of pushes) push.resume()
    },
  },
  {
    name: 'answers held up, and what is pushed for longer',
    weight: 2,
    topologies: ['standalone'],
    inject: async ({ crew, random }) => {
      const member = random.pick(crew.members)
      const [data, push] = member.wires
      member.send({ type: 'read', rows: hotRows, forMs: 600 })
      await wait(random.int(20, 60))
      push!.stallAnswers()
      data!.stallAnswers()
      await wait(random.int(20, 60))
      writeEverywhere(crew, random)
      await wait(random.int(80, 180))
      data!.resume()
      await wait(random.int(60, 200))
      push!.resume()
    },
  },
  {
    name: 'a row marked in the place of a lost generation',
    weight: 1,
    topologies: ['standalone'],
    inject: staleMint,
  },
]

/** By those who write, each some rows that are read a lot. */
function writeEverywhere({ writers }: Crew, random: Random): void {
  for (const writer of writers) writer.send({ type: 'write', rows: random.sample(hotRows, 2) })
}

const slowMs = 50

/**
 * A reader finds no generation; before its request for a fresh one arrives, a writer marks the row, and commits after the reader has
 * loaded it. All before the mark is placed again, which is after a third of the lease.
 */
async function staleMint({ scene, crew, random }: FaultContext): Promise<void> {
  const row = random.pick(coldRows)
  // One with copies would ask for them first.
  const [reader] = random.sample(
    readersOf(crew).filter(({ keepsCopies }) => !keepsCopies),
    1,
  )
  const [writer] = random.sample(
    crew.writers.filter((one) => one !== reader),
    1,
  )
  const [node] = await scene.stand.masters()
  if (reader === undefined || writer === undefined) return
  const [data] = reader.wires
  data!.delay(slowMs)
  try {
    await scene.losing('DEL', async () => await node!.command('DEL', `${scene.prefix}g:item#${row}`), { row })
  } catch {
    // Killed meanwhile, by a fault of another kind.
    data!.delay(0)
    return
  }
  reader.send({ type: 'read', rows: [row], forMs: 0 })
  await wait(slowMs * 1.5)
  writer.send({ type: 'write', rows: [row], order: { kind: 'dawdle', beforeMs: 180, afterMs: 250 } })
  await wait(180)
  for (const other of readersOf(crew)) other.send({ type: 'read', rows: [row], forMs: 200 })
  await wait(250)
  data!.delay(0)
}

const readersOf = ({ members }: Crew): readonly Member[] =>
  members.filter(({ role, isAlive }) => role !== 'writer' && isAlive)
