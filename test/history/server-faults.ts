import { setTimeout as wait } from 'node:timers/promises'
import type { Random } from '../property/random.js'
import type { Fault } from './fault.js'
import type { KeyAt, Scene } from './scene.js'
import type { Node } from './stand.js'

async function anyMaster({ stand }: Scene, random: Random): Promise<Node> {
  return random.pick(await stand.masters())
}

/** Of a key that names one row; others concern all. */
function rowOf({ key }: KeyAt): { readonly row?: number } {
  const row = /#(\d+)$/.exec(key)?.[1]
  return row === undefined ? {} : { row: Number(row) }
}

/** Forgets some generations one by one. */
async function deleteGenerations(scene: Scene, random: Random, times: number): Promise<void> {
  for (let i = 0; i < times; i++) {
    const [found] = random.sample(await scene.generations(), 1)
    if (found !== undefined)
      await scene.losing('DEL', async () => await found.node.command('DEL', found.key), rowOf(found))
    await wait(random.int(0, 10))
  }
}

/** Faults of any server that processes are connected to: it ends as it was before, but for what it remembers. */
export const serverFaults: readonly Fault[] = [
  {
    name: 'FLUSHALL',
    weight: 3,
    inject: async ({ scene, random }) => {
      const master = await anyMaster(scene, random)
      await scene.losing('flush', async () => await master.command('FLUSHALL'))
    },
  },
  {
    name: 'generations deleted',
    weight: 8,
    inject: async ({ scene, random }) => await deleteGenerations(scene, random, 40),
  },
  {
    name: 'generations evicted',
    weight: 2,
    inject: async ({ scene, random }) => {
      const master = await anyMaster(scene, random)
      await scene.losing('eviction', async () => {
        const used = Number(/used_memory:(\d+)/.exec(String(await master.command('INFO', 'memory')))?.[1])
        await master.command('CONFIG', 'SET', 'maxmemory-policy', 'allkeys-random')
        await master.command('CONFIG', 'SET', 'maxmemory', used - random.int(1_000, 20_000))
        await wait(random.int(20, 200))
        await master.command('CONFIG', 'SET', 'maxmemory', 0)
        await master.command('CONFIG', 'SET', 'maxmemory-policy', 'noeviction')
      })
    },
  },
  {
    name: 'out of memory',
    weight: 2,
    // What cannot be written any more is deleted, with the marks of others in it.
    inject: async ({ scene, random }) => {
      const master = await anyMaster(scene, random)
      await scene.losing('out of memory', async () => {
        await master.command('CONFIG', 'SET', 'maxmemory', 1)
        await wait(random.int(50, 500))
        await master.command('CONFIG', 'SET', 'maxmemory', 0)
      })
    },
  },
  {
    name: 'CLIENT KILL',
    weight: 3,
    inject: async ({ scene, random }) =>
      void (await (await anyMaster(scene, random)).command('CLIENT', 'KILL', 'TYPE', 'normal')),
  },
  {
    name: 'SIGSTOP of the server',
    weight: 2,
    inject: async ({ scene, random }) => {
      const master = await anyMaster(scene, random)
      await master.pause()
      // One that is replaced meanwhile, and wakes up as a master, is not covered.
      await wait(random.pick(scene.stand.topology === 'standalone' ? [50, 200, 700, 1800] : [50, 200, 600]))
      await master.resume()
    },
  },
  {
    name: 'entries replaced',
    weight: 6,
    inject: async ({ scene, random }) => {
      for (let i = 0; i < 30; i++) {
        const [found] = random.sample(await scene.entries(), 1)
        if (found === undefined) return
        await random.pick(replacements)(found, random)
        await wait(random.int(0, 5))
      }
    },
  },
  {
    name: 'entries replaced by others',
    weight: 3,
    topologies: ['standalone'],
    inject: async ({ scene, random }) => {
      const entries = await scene.entries()
      const tags = await Promise.all(entries.map(tagsIn))
      for (let i = 0; i < 60; i++) {
        const from = random.int(0, Math.max(0, entries.length - 1))
        // One that depends on no more than the other does: its generations are good for both.
        const alike = entries.filter(
          (_, index) => index !== from && tags[index]!.every((tag) => tags[from]!.includes(tag)),
        )
        const [to] = random.sample(alike, 1)
        if (to !== undefined) await to.node.command('COPY', entries[from]!.key, to.key, 'REPLACE')
        await wait(random.int(0, 3))
      }
    },
  },
]

type Replacement = (found: KeyAt, random: Random) => Promise<void>

const replacements: readonly Replacement[] = [
  async ({ node, key }) => void (await node.command('SET', key, 'garbage')),
  async ({ node, key }, random) => void (await node.command('SETRANGE', key, random.int(0, 60), 'garbage')),
  async ({ node, key }, random) => {
    // In a cluster what stands in braces decides where a key is: at the same server.
    const kept = `{${key}}kept`
    await node.command('COPY', key, kept, 'REPLACE')
    await wait(random.int(1, 50))
    await node.command('COPY', kept, key, 'REPLACE')
  },
]

/** Which rows an entry says that it depends on. */
async function tagsIn({ node, key }: KeyAt): Promise<readonly string[]> {
  return String(await node.command('GET', key)).match(/item#\d+/g) ?? []
}
