import net from 'node:net'
import { PrismaPg } from '@prisma/adapter-pg'
import { createCache } from '@freshet/core'
import { freshet as freshetForPrisma } from '@freshet/prisma'
import { freshet as freshetForTypeorm } from '@freshet/typeorm'
import pg from 'pg'
import { PrismaClient } from '../generated/client/client.js'
import type { Rounds } from './measure.js'
import { median } from './measure.js'
import { createTables } from './prisma.js'
import type { Section } from './report.js'
import { authors, connect, fill, posts, sharedPool } from './typeorm-tables.js'

const phases = ['before it is sent', 'until its last answer', 'after that'] as const

/** When this process last began to send since it was asked to look, and when it was last answered. */
interface Wire {
  sentAt: number
  answeredAt: number
}

type Calls = Readonly<Record<string, () => unknown>>

/**
 * Where a call spends its time, with the cache and without it: in this process before it sends anything, waiting for the database, and in
 * this process after the last answer. Medians of each by itself, so that they need not add up.
 */
export async function benchPhases(
  urls: { readonly prisma: string; readonly typeorm: string },
  rounds: Rounds,
): Promise<readonly Section[]> {
  const watched = watchWire()
  try {
    return [
      ...(await phasesOfPrisma(urls.prisma, watched.wire, rounds)),
      ...(await phasesOfTypeorm(urls.typeorm, watched.wire, rounds)),
    ]
  } finally {
    watched.stop()
  }
}

async function phasesOfPrisma(url: string, wire: Wire, rounds: Rounds): Promise<readonly Section[]> {
  await createTables(url)
  const pool = new pg.Pool({ connectionString: url, max: 1 })
  const open = () => new PrismaClient({ adapter: new PrismaPg(pool) })
  const passThrough = () =>
    open().$extends({ query: { $allModels: { $allOperations: ({ args, query }) => query(args) } } })
  // Extended ones take the same calls.
  const clients = Object.entries({
    'without the cache': passThrough(),
    'the same on another client': passThrough(),
    'with the cache': open().$extends(freshetForPrisma({ cache: createCache() })),
  }) as unknown as readonly (readonly [string, PrismaClient])[]
  const of = (call: (client: PrismaClient) => () => unknown): Calls =>
    Object.fromEntries(clients.map(([name, client]) => [name, call(client)]))
  const sections = [
    ...(await phasesOf('prisma, a miss', of(missOn), wire, rounds)),
    ...(await phasesOf('prisma, an update', of(updateOn), wire, rounds)),
  ]
  await pool.end()
  return sections

  function missOn(client: PrismaClient): () => unknown {
    let id = 0
    return () => client.post.findUnique({ where: { id: (id++ % 20_000) + 1 } })
  }

  function updateOn(client: PrismaClient): () => unknown {
    let score = 0
    return () => client.user.update({ where: { id: 8 }, data: { score: score++ } })
  }
}

async function phasesOfTypeorm(url: string, wire: Wire, rounds: Rounds): Promise<readonly Section[]> {
  const pool = sharedPool(url)
  await fill(pool.driver)
  const sources = {
    'without the cache': await connect(pool.driver),
    'the same on another data source': await connect(pool.driver),
    'with the cache': await connect(pool.driver, { cache: freshetForTypeorm({ cache: createCache() }) }),
  }
  type Source = (typeof sources)[keyof typeof sources]
  const of = (call: (source: Source) => unknown): Calls =>
    Object.fromEntries(Object.entries(sources).map(([name, source]) => [name, () => call(source)]))
  let count = 0
  const update = (source: Source) => source.getRepository(posts).update({ id: 8 }, { views: count++ })
  const save = (source: Source) => source.getRepository(authors).save({ id: 9, name: `Author ${count++}` })
  const sections = [
    ...(await phasesOf('typeorm, an update', of(update), wire, rounds)),
    ...(await phasesOf('typeorm, a save', of(save), wire, rounds)),
  ]
  for (const source of Object.values(sources)) await source.destroy()
  await pool.close()
  return sections
}

async function phasesOf(
  what: string,
  calls: Calls,
  wire: Wire,
  { rounds, callsPerRound, warmUpCalls = callsPerRound }: Rounds,
): Promise<readonly Section[]> {
  const names = Object.keys(calls)
  const spent = names.map(() => phases.map((): number[] => []))
  for (const name of names) for (let call = 0; call < warmUpCalls; call++) await calls[name]!()
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < names.length; turn++) {
      const at = (round + turn) % names.length
      for (let call = 0; call < callsPerRound; call++) {
        wire.sentAt = 0
        const startedAt = performance.now()
        await calls[names[at]!]!()
        const { sentAt, answeredAt } = wire
        const times = [sentAt - startedAt, answeredAt - sentAt, performance.now() - answeredAt]
        for (const [phase, time] of times.entries()) spent[at]![phase]!.push(time * 1000)
      }
    }
  }
  return phases.map((phase, index) => {
    const medians = spent.map((ofName) => median(ofName[index]!))
    const rows = names.map((name, at) => [
      name,
      { medianUs: medians[at]!, ratio: medians[at]! / medians[0]! },
    ])
    return { title: `${what}: ${phase}`, rows: Object.fromEntries(rows), goals: [] }
  })
}

interface Watchable {
  _writeGeneric(...parameters: unknown[]): unknown
  emit(event: string, ...parameters: unknown[]): boolean
}

/** What all sockets of this process send and are sent. */
function watchWire(): { readonly wire: Wire; stop(): void } {
  const wire: Wire = { sentAt: 0, answeredAt: 0 }
  const socket = net.Socket.prototype as unknown as Watchable
  const { _writeGeneric: write, emit } = socket
  socket._writeGeneric = function (this: Watchable, ...parameters) {
    if (wire.sentAt === 0) wire.sentAt = performance.now()
    return write.apply(this, parameters)
  }
  socket.emit = function (this: Watchable, event, ...parameters) {
    if (event === 'data') wire.answeredAt = performance.now()
    return emit.call(this, event, ...parameters)
  }
  const stop = () => {
    socket._writeGeneric = write
    socket.emit = emit
  }
  return { wire, stop }
}
