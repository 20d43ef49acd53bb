import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Patch } from '../property/mutant.js'
import type { TcpProxy } from '../services/index.js'
import { type Read, type Write } from './history.js'
import { LogReader, now } from './log.js'
import type { Command, Figures, Order, Report, Role, WorkerSetup } from './messages.js'
import type { RedisAddress } from './stand.js'

export interface CrewOptions {
  readonly processes: number
  readonly seed: string
  readonly folder: string
  readonly setup: Omit<WorkerSetup, 'name' | 'seed' | 'role' | 'redis' | 'logPath' | 'near' | 'version'>
  /** Of each process: its ways to Redis, and where they lead. */
  readonly wires: readonly (readonly TcpProxy[])[]
  readonly addresses: readonly RedisAddress[]
  /** What is changed in the sources of the packages. */
  readonly patches: readonly (Patch & { readonly path: string })[]
}

const roles: readonly Role[] = ['reader', 'writer', 'both']
const noFigures: Figures = { operations: 0, hits: 0, misses: 0, bypasses: 0, joined: 0, errors: [] }

/** One place in the crew: a process, and after its death the next. */
class Member {
  readonly role: Role
  readonly wires: readonly TcpProxy[]
  readonly #options: CrewOptions
  readonly #index: number
  readonly #logs: { readonly reader: LogReader; readonly diedAt: () => number }[] = []
  #lives = 0
  #version: WorkerSetup['version'] = 1
  #child: ChildProcess | undefined
  #figures = noFigures
  #past = noFigures
  #waiting = new Map<Command['type'], () => void>()
  onPausing: (member: Member) => void = () => undefined
  onDeath: (member: Member) => void = () => undefined
  ended = false

  constructor(options: CrewOptions, index: number) {
    this.#options = options
    this.#index = index
    this.role = roles[index % roles.length]!
    this.wires = options.wires[index]!
  }

  get name(): string {
    return `${this.role} ${this.#index}, life ${this.#lives}`
  }

  /** Every second of each role keeps none, if its answers need not come from its own memory. */
  get keepsCopies(): boolean {
    const { mode } = this.#options.setup.freshness
    return mode !== 'strong' || Math.floor(this.#index / roles.length) % 2 === 0
  }

  get isAlive(): boolean {
    return this.#child !== undefined
  }

  get figures(): Figures {
    return sum([this.#past, this.#figures])
  }

  async start(): Promise<void> {
    this.#lives++
    const { folder, seed, setup } = this.#options
    const logPath = join(folder, `${this.#index}-${this.#lives}.log`)
    const own: WorkerSetup = {
      ...setup,
      name: this.name,
      seed,
      role: this.role,
      near: this.keepsCopies,
      redis: this.#options.addresses[this.#index]!,
      version: this.#version,
      logPath,
    }
    const child = spawn(process.execPath, workerArguments(), {
      env: {
        ...process.env,
        HISTORY_WORKER: JSON.stringify(own),
        PROPERTY_TEST_PATCHES: JSON.stringify(this.#options.patches),
      },
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    })
    const ready = new Promise<void>((resolve, reject) => {
      child.once('exit', (code) => reject(new Error(`a process ended with ${code} before it was ready`)))
      child.on('message', (report: Report) => {
        if (report.type === 'ready') resolve()
        else this.#heard(report)
      })
    })
    await ready
    child.removeAllListeners('exit')
    let diedAt: number | undefined
    child.once('exit', () => {
      diedAt = now()
      this.#buried(child)
    })
    this.#logs.push({ reader: new LogReader(this.name, logPath), diedAt: () => diedAt ?? now() })
    this.#child = child
    if (this.ended) await this.end()
  }

  send(command: Command): void {
    if (this.#child?.connected === true) this.#child.send(command, () => undefined)
  }

  /** Resolves when it is done, or the process has died over it. */
  async carryOut(command: Command): Promise<void> {
    if (!this.isAlive) return
    const done = new Promise<void>((resolve) => void this.#waiting.set(command.type, resolve))
    this.send(command)
    await done
  }

  signal(name: NodeJS.Signals): void {
    this.#child?.kill(name)
  }

  /** Ends it, so that another version of the application takes its place. */
  upgrade(): void {
    this.#version = this.#version === 1 ? 2 : 1
    this.signal('SIGKILL')
  }

  /** What its processes have written down since the last time. */
  take(): { readonly reads: readonly Read[]; readonly writes: readonly Write[] } {
    const parts = this.#logs.map(({ reader, diedAt }) => reader.take(diedAt()))
    this.#logs.splice(0, this.#logs.length - (this.isAlive ? 1 : 0))
    return { reads: parts.flatMap(({ reads }) => reads), writes: parts.flatMap(({ writes }) => writes) }
  }

  async end(): Promise<void> {
    this.ended = true
    const child = this.#child
    if (child === undefined) return
    const exited = once(child, 'exit')
    child.kill('SIGKILL')
    await exited
  }

  #heard(report: Report): void {
    if (report.type === 'pausing') return this.onPausing(this)
    if (report.type === 'ready') return
    this.#figures = report.figures
    if (report.type === 'done') this.#settle(report.what)
  }

  #settle(what: Command['type']): void {
    this.#waiting.get(what)?.()
    this.#waiting.delete(what)
  }

  #buried(child: ChildProcess): void {
    if (this.#child === child) this.#child = undefined
    this.#past = sum([this.#past, this.#figures])
    this.#figures = noFigures
    for (const what of Array.from(this.#waiting.keys())) this.#settle(what)
    if (!this.ended) this.onDeath(this)
  }
}

export type { Member }

/** The processes of the application. */
export class Crew {
  readonly members: readonly Member[]
  /** Processes that died by order, and that were stopped by order. */
  deaths = 0
  readonly #starting = new Set<Promise<void>>()
  #isOn = false

  constructor(options: CrewOptions, onPausing: (member: Member) => void) {
    this.members = Array.from({ length: options.processes }, (_, index) => new Member(options, index))
    for (const member of this.members) {
      member.onPausing = onPausing
      member.onDeath = () => this.#replace(member)
    }
  }

  get figures(): Figures {
    return sum(this.members.map(({ figures }) => figures))
  }

  get writers(): readonly Member[] {
    return this.members.filter(({ role, isAlive }) => role !== 'reader' && isAlive)
  }

  async start(): Promise<void> {
    await Promise.all(this.members.map(async (member) => await member.start()))
  }

  go(): void {
    this.#isOn = true
    for (const member of this.members) member.send({ type: 'go' })
  }

  /** Resolves when every process has done it. */
  async carryOut(toCommand: (member: Member) => Command): Promise<void> {
    await Promise.all(this.members.map(async (member) => await member.carryOut(toCommand(member))))
  }

  /** New processes only read from now on, if at all. */
  rest(): void {
    this.#isOn = false
  }

  /** Resolves when every place is filled again. */
  async complete(): Promise<void> {
    await Promise.all(this.#starting)
  }

  order(member: Member, order: Order): void {
    member.send({ type: 'order', order })
  }

  async end(): Promise<void> {
    for (const member of this.members) member.ended = true
    await this.complete()
    await Promise.all(this.members.map(async (member) => await member.end()))
  }

  #replace(member: Member): void {
    this.deaths++
    const starting = this.#startAgain(member)
    this.#starting.add(starting)
    void starting.finally(() => this.#starting.delete(starting))
  }

  async #startAgain(member: Member): Promise<void> {
    await member.start()
    if (this.#isOn) member.send({ type: 'go' })
  }
}

function workerArguments(): readonly string[] {
  return [
    '--conditions=@freshet/source',
    '--disable-warning=FreshetWarning',
    `--import=${new URL('../property/mutant-loader.mjs', import.meta.url).href}`,
    '--import=tsx',
    fileURLToPath(new URL('./worker.ts', import.meta.url)),
  ]
}

function sum(list: readonly Figures[]): Figures {
  const total = (name: Exclude<keyof Figures, 'errors'>) =>
    list.reduce((all, figures) => all + figures[name], 0)
  return {
    operations: total('operations'),
    hits: total('hits'),
    misses: total('misses'),
    bypasses: total('bypasses'),
    joined: total('joined'),
    errors: list.flatMap(({ errors }) => errors),
  }
}
