import { setTimeout as wait } from 'node:timers/promises'
import type { Random } from '../property/random.js'
import type { RedisServer } from '../services/index.js'
import { until } from '../services/until.js'
import type { Crew, Member } from './crew.js'
import { now } from './log.js'
import { points } from './messages.js'
import type { Scene } from './scene.js'

interface FaultContext {
  readonly scene: Scene
  readonly crew: Crew
  readonly random: Random
  readonly leaseMs: number
}

export interface Fault {
  readonly name: string
  readonly weight: number
  inject(context: FaultContext): Promise<void>
}

const generations = ({ prefix }: Scene) => `${prefix}g:*`
const entries = ({ prefix }: Scene) => `${prefix}e:*`

async function keys({ server }: Scene, pattern: string): Promise<readonly string[]> {
  return (await server.command('KEYS', pattern)) as readonly string[]
}

/** Of a key that names one row; others concern all. */
function rowOf(key: string): { readonly row?: number } {
  const row = /#(\d+)$/.exec(key)?.[1]
  return row === undefined ? {} : { row: Number(row) }
}

// One at a time: each of them ends with a server that is as before, but for what it remembers.
export const serverFaults: readonly Fault[] = [
  {
    name: 'killed and restarted empty',
    weight: 2,
    inject: async ({ scene, random }) =>
      await scene.losing('restart', async () => {
        await scene.server.kill()
        await wait(random.pick([0, 50, 400]))
        await scene.server.start()
      }),
  },
  {
    name: 'killed and restarted from an old file',
    weight: 3,
    inject: async ({ scene, random }) => {
      const file = await scene.server.save()
      await wait(random.int(50, 800))
      await scene.losing('restart', async () => await scene.server.restart(file))
    },
  },
  {
    name: 'FLUSHALL',
    weight: 3,
    inject: async ({ scene }) =>
      await scene.losing('flush', async () => await scene.server.command('FLUSHALL')),
  },
  {
    name: 'generations deleted',
    weight: 8,
    inject: async ({ scene, random }) => {
      for (let i = 0; i < 40; i++) {
        const [key] = random.sample(await keys(scene, generations(scene)), 1)
        if (key !== undefined)
          await scene.losing('DEL', async () => await scene.server.command('DEL', key), rowOf(key))
        await wait(random.int(0, 10))
      }
    },
  },
  {
    name: 'generations evicted',
    weight: 2,
    inject: async ({ scene, random }) =>
      await scene.losing('eviction', async () => {
        const used = Number(
          /used_memory:(\d+)/.exec(String(await scene.server.command('INFO', 'memory')))?.[1],
        )
        await scene.server.command('CONFIG', 'SET', 'maxmemory-policy', 'allkeys-random')
        await scene.server.command('CONFIG', 'SET', 'maxmemory', used - random.int(1_000, 20_000))
        await wait(random.int(20, 200))
        await scene.server.command('CONFIG', 'SET', 'maxmemory', 0)
        await scene.server.command('CONFIG', 'SET', 'maxmemory-policy', 'noeviction')
      }),
  },
  {
    name: 'out of memory',
    weight: 2,
    // What cannot be written any more is deleted, with the marks of others in it.
    inject: async ({ scene, random }) =>
      await scene.losing('out of memory', async () => {
        await scene.server.command('CONFIG', 'SET', 'maxmemory', 1)
        await wait(random.int(50, 500))
        await scene.server.command('CONFIG', 'SET', 'maxmemory', 0)
      }),
  },
  {
    name: 'CLIENT KILL',
    weight: 3,
    inject: async ({ scene }) => void (await scene.server.command('CLIENT', 'KILL', 'TYPE', 'normal')),
  },
  {
    name: 'SIGSTOP of the server',
    weight: 2,
    inject: async ({ scene, random }) => {
      await scene.server.pause()
      await wait(random.pick([50, 200, 700, 1800]))
      await scene.server.resume()
    },
  },
  {
    name: 'demoted, and promoted with an older memory',
    weight: 4,
    inject: async ({ scene, random }) => {
      await fallBehind(scene, random)
      await scene.losing('fail-over and back', async () => {
        await follow(scene.server, scene.other)
        await promote(scene.server)
      })
    },
  },
  {
    name: 'failed over to a server that lags',
    weight: 3,
    inject: async ({ scene, random }) => {
      await fallBehind(scene, random)
      await scene.losing('fail-over', async () => scene.switchServers())
    },
  },
  {
    name: 'entries replaced',
    weight: 6,
    inject: async ({ scene, random }) => {
      const kept = `${scene.prefix}kept`
      for (let i = 0; i < 30; i++) {
        const [key, another] = random.sample(await keys(scene, entries(scene)), 2)
        if (key === undefined || another === undefined) return
        await random.pick([
          async () => await scene.server.command('SET', key, 'garbage'),
          async () => await scene.server.command('SETRANGE', key, random.int(0, 60), 'garbage'),
          async () => await scene.server.command('COPY', another, key, 'REPLACE'),
          async () => {
            await scene.server.command('COPY', key, kept, 'REPLACE')
            await wait(random.int(1, 50))
            await scene.server.command('COPY', kept, key, 'REPLACE')
          },
        ])()
        await wait(random.int(0, 5))
      }
    },
  },
]

/** The other server has what this one had a while ago. */
async function fallBehind({ server, other }: Scene, random: Random): Promise<void> {
  await follow(other, server)
  await promote(other)
  await wait(random.int(20, 800))
}

async function follow(replica: RedisServer, master: RedisServer): Promise<void> {
  await replica.command('REPLICAOF', master.host, master.port)
  await until('the replica has everything', async () =>
    String(await replica.command('INFO', 'replication')).includes('master_link_status:up'),
  )
}

async function promote(server: RedisServer): Promise<void> {
  await server.command('REPLICAOF', 'NO', 'ONE')
}

export const networkFaults: readonly Fault[] = [
  {
    name: 'slow network',
    weight: 3,
    // Of several processes at once: what a slow reader breaks may only be seen while a writer is slow as well.
    inject: async ({ crew, random }) => {
      const slow = random.sample(crew.members, random.int(1, 4))
      for (const { proxy } of slow)
        if (random.chance(0.5)) proxy.delay(random.pick([3, 20, 80]))
        else proxy.delay(random.pick([80, 250]), 'to client')
      await wait(random.int(100, 800))
      for (const { proxy } of slow) proxy.delay(0)
    },
  },
  {
    name: 'connections cut',
    weight: 3,
    inject: async (context) => await onProxy(context, async (proxy) => proxy.cut()),
  },
  {
    name: 'connections half open',
    weight: 2,
    inject: async (context) =>
      await onProxy(context, async (proxy, random) => {
        proxy.stall()
        await wait(random.int(50, 900))
        if (random.chance(0.5)) proxy.cut()
        proxy.resume()
      }),
  },
  {
    name: 'connections cut before the answer',
    weight: 6,
    // The client library sends the commands again that have been carried out already.
    inject: async (context) =>
      await onProxy(context, async (proxy, random) => {
        proxy.stallAnswers()
        await wait(random.int(10, 150))
        proxy.cut()
        proxy.resume()
      }),
  },
]

async function onProxy(
  { crew, random }: FaultContext,
  spoil: (proxy: Member['proxy'], random: Random) => Promise<void>,
): Promise<void> {
  const { proxy } = random.pick(crew.members)
  await spoil(proxy, random)
}

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
