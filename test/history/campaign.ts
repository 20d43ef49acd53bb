import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type pg from 'pg'
import type { Patch } from '../property/mutant.js'
import { randomFrom, type Random } from '../property/random.js'
import { check, type Violation } from './check.js'
import { Crew, type Member } from './crew.js'
import { createRows, openPool, versionsOf } from './database.js'
import { type FaultKind, faultsFor } from './faults.js'
import type { Freshness, History } from './history.js'
import type { Figures, Order } from './messages.js'
import { points } from './messages.js'
import { wake } from './process-faults.js'
import { Scene } from './scene.js'
import type { PushedBy, Topology } from './stand.js'

export interface CampaignOptions {
  readonly seed: string
  readonly operations: number
  readonly processes: number
  /** How long a round injects faults, in ms. */
  readonly roundMs: number
  /** Gives up after so long, in ms, and at the end of a round. */
  readonly timeLimitMs: number
  readonly freshness?: Freshness | undefined
  /** Default: one server. */
  readonly topology?: Topology | undefined
  /** Of one server. Default: that. */
  readonly pushedBy?: PushedBy | undefined
  readonly createDatabase: () => Promise<string>
  readonly patches?: readonly Patch[] | undefined
  /** Only these faults, by parts of their names. */
  readonly only?: readonly string[] | undefined
  readonly onRound?: (result: CampaignResult) => void
}

export interface Finding {
  readonly violation: Violation
  readonly history: History
}

export interface CampaignResult extends Figures {
  readonly seconds: number
  readonly rounds: number
  readonly reads: number
  readonly writes: number
  readonly acknowledged: number
  /** Acknowledged later than their callers would have been, as the store could not be told. */
  readonly undelivered: number
  readonly faults: ReadonlyMap<string, number>
  readonly deaths: number
  readonly violations: number
  /** The first of each property. */
  readonly findings: readonly Finding[]
  readonly unsettled: number
}

const rows = 40
const leaseMs = 1_000
const holdMs = 1_000
const slackMs = 700
const packages = fileURLToPath(new URL('../../packages', import.meta.url))

/** How long after a fault the next one comes, at most, in ms; by what it befalls. */
const gaps = { server: 1_200, network: 900, process: 1_000 } as const

/** Runs rounds until the operations are done or something is found. */
export async function runCampaign(options: CampaignOptions): Promise<CampaignResult> {
  const folder = mkdtempSync(join(tmpdir(), 'freshet-history-'))
  const databaseUrl = await options.createDatabase()
  await createRows(databaseUrl, rows)
  const database = openPool(databaseUrl, 1)
  const prefix = 'history:'
  const { topology = 'standalone', pushedBy = 'the server', processes } = options
  const scene = await Scene.open({ topology, pushedBy, processes, prefix })
  const crew = new Crew(
    {
      processes: options.processes,
      seed: options.seed,
      folder,
      wires: scene.wires,
      addresses: scene.addresses,
      setup: { rows, databaseUrl, prefix, leaseMs, holdMs, freshness: freshnessOf(options) },
      patches: (options.patches ?? []).map((patch) => ({ ...patch, path: join(packages, patch.file) })),
    },
    (member) => void wake(scene, member, leaseMs),
  )
  try {
    await crew.start()
    return await new Campaign(options, scene, crew, database).run()
  } finally {
    await crew.end()
    await scene.close()
    await database.end()
    rmSync(folder, { recursive: true, force: true })
  }
}

class Campaign {
  readonly #options: CampaignOptions
  readonly #scene: Scene
  readonly #crew: Crew
  readonly #database: pg.Pool
  readonly #startedAt = performance.now()
  #rounds = 0
  #reads = 0
  #writes = 0
  #acknowledged = 0
  #undelivered = 0
  #violations = 0
  #unsettled = 0
  #findings: Finding[] = []

  constructor(options: CampaignOptions, scene: Scene, crew: Crew, database: pg.Pool) {
    this.#options = options
    this.#scene = scene
    this.#crew = crew
    this.#database = database
  }

  async run(): Promise<CampaignResult> {
    let initial = await this.#versions()
    do {
      initial = await this.#round(initial)
      this.#options.onRound?.(this.#result())
    } while (!this.#isOver())
    return this.#result()
  }

  #isOver(): boolean {
    const { operations, timeLimitMs } = this.#options
    return (
      this.#findings.length > 0 ||
      this.#crew.figures.operations >= operations ||
      performance.now() - this.#startedAt > timeLimitMs
    )
  }

  async #round(initial: ReadonlyMap<number, number>): Promise<ReadonlyMap<number, number>> {
    const random = randomFrom(this.#options.seed, 'round', ++this.#rounds)
    this.#scene.losses = []
    this.#crew.go()
    await this.#injectFaults(random)
    this.#crew.rest()
    const last = lastWrites(random, this.#crew.members)
    await this.#crew.carryOut((member) => ({ type: 'stop writing', last: last.get(member) ?? [] }))
    const freshness = freshnessOf(this.#options)
    const mayLagMs = freshness.mode === 'strong' ? 0 : freshness.staleMs
    await wait(leaseMs + holdMs + slackMs + mayLagMs)
    const final = await this.#versions()
    await this.#crew.carryOut(() => ({ type: 'stop reading' }))
    await this.#crew.complete()
    await this.#crew.carryOut(() => ({ type: 'sweep' }))
    await this.#judge(initial, final)
    return final
  }

  async #injectFaults(random: Random): Promise<void> {
    const until = performance.now() + this.#options.roundMs
    const kinds = Object.keys(gaps) as readonly FaultKind[]
    await Promise.all(kinds.map(async (kind) => await this.#keepInjecting(kind, until, random.fork(kind))))
  }

  async #keepInjecting(kind: FaultKind, until: number, random: Random): Promise<void> {
    const gapMs = gaps[kind]
    const faults = faultsFor(kind, this.#scene.stand.topology, this.#options.only)
    while (performance.now() < until) {
      await wait(Math.min(random.int(gapMs / 4, gapMs), Math.max(0, until - performance.now())))
      if (faults.length === 0 || performance.now() >= until) continue
      const fault = random.weighted(faults.map((one) => [one.weight, one] as const))
      this.#scene.count(fault.name)
      await fault.inject({ scene: this.#scene, crew: this.#crew, random, leaseMs })
    }
  }

  async #judge(initial: ReadonlyMap<number, number>, final: ReadonlyMap<number, number>): Promise<void> {
    const parts = this.#crew.members.map((member) => member.take())
    const history: History = {
      limits: { leaseMs, holdMs, slackMs },
      freshness: freshnessOf(this.#options),
      initial,
      final,
      reads: parts.flatMap(({ reads }) => reads),
      writes: parts.flatMap(({ writes }) => writes),
      losses: this.#scene.losses,
    }
    const { violations, unsettled } = check(history)
    this.#reads += history.reads.length
    this.#writes += history.writes.length
    this.#acknowledged += history.writes.filter(({ end }) => end === 'acknowledged').length
    this.#undelivered += history.writes.filter(({ undelivered }) => undelivered).length
    this.#violations += violations.length
    this.#unsettled += unsettled.length
    for (const violation of violations)
      if (!this.#findings.some((finding) => finding.violation.property === violation.property))
        this.#findings.push({ violation, history })
    const healer = this.#crew.members.find(({ isAlive }) => isAlive)
    if (unsettled.length > 0) await healer?.carryOut({ type: 'heal', rows: unsettled })
  }

  async #versions(): Promise<ReadonlyMap<number, number>> {
    return await versionsOf(
      this.#database,
      Array.from({ length: rows }, (_, row) => row),
    )
  }

  #result(): CampaignResult {
    return {
      ...this.#crew.figures,
      seconds: (performance.now() - this.#startedAt) / 1000,
      rounds: this.#rounds,
      reads: this.#reads,
      writes: this.#writes,
      acknowledged: this.#acknowledged,
      undelivered: this.#undelivered,
      faults: this.#scene.faults,
      deaths: this.#crew.deaths,
      violations: this.#violations,
      findings: this.#findings,
      unsettled: this.#unsettled,
    }
  }
}

const freshnessOf = ({ freshness }: CampaignOptions): Freshness => freshness ?? { mode: 'strong' }

/** A round ends with writes that are never acknowledged: nothing comes after them that would show what they wrote. */
function lastWrites(
  random: Random,
  members: readonly Member[],
): ReadonlyMap<Member, readonly { row: number; order: Order }[]> {
  const writers = random.sample(
    members.filter(({ role }) => role !== 'reader'),
    members.length,
  )
  const free = random.sample(
    Array.from({ length: rows }, (_, row) => row),
    rows,
  )
  const one = (order: Order) => ({ row: free.pop()!, order })
  return new Map(
    writers.map((member, index) => {
      const lost = Array.from({ length: 3 }, () => one({ kind: 'lose', when: 'during' }))
      return [member, index === 0 ? [one({ kind: 'die', point: random.pick(points) })] : lost]
    }),
  )
}
