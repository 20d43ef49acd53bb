import { setTimeout as wait } from 'node:timers/promises'
import type { Member } from './crew.js'
import type { Fault, FaultContext } from './fault.js'
import { now } from './log.js'
import { points } from './messages.js'
import type { Scene } from './scene.js'

/** What is done to processes. */
export const processFaults: readonly Fault[] = [
  ...points.map((point): Fault => ({
    name: `SIGKILL of a writer ${point}`,
    weight: 1,
    inject: async (context) => order(context, (member) => context.crew.order(member, { kind: 'die', point })),
  })),
  ...points.map((point): Fault => ({
    name: `SIGSTOP of a writer ${point}, past its lease`,
    weight: 1,
    inject: async (context) =>
      order(context, (member) => context.crew.order(member, { kind: 'pause', point })),
  })),
  ...(['during', 'before'] as const).map((when): Fault => ({
    name: `connection to the database lost ${when} COMMIT`,
    weight: 4,
    inject: async (context) => order(context, (member) => context.crew.order(member, { kind: 'lose', when })),
  })),
  {
    name: 'SIGSTOP of any process',
    weight: 2,
    inject: async ({ crew, scene, random }) => {
      const member = random.pick(crew.members)
      await scene.losing(
        'pause',
        async () => {
          member.signal('SIGSTOP')
          await wait(random.int(20, 400))
          member.signal('SIGCONT')
        },
        { process: member.name },
      )
    },
  },
  {
    name: 'restarted as another version',
    weight: 1,
    inject: async ({ crew, random }) => random.pick(crew.members).upgrade(),
  },
]

async function order({ crew, random }: FaultContext, give: (member: Member) => void): Promise<void> {
  const { writers } = crew
  if (writers.length > 0) give(random.pick(writers))
}

/** What a process that has stopped itself needs: somebody who wakes it, when its lease is over. */
export async function wake(scene: Scene, member: Member, leaseMs: number): Promise<void> {
  const from = now()
  const process = member.name
  await wait(leaseMs * 1.4)
  member.signal('SIGCONT')
  scene.losses.push({ what: 'pause past the lease', from, to: now(), process })
}
