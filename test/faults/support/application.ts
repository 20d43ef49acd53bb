import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { TcpProxy } from '../../services/index.js'
import type { Numbered, Order, ProgramSetup, Report, Told } from './messages.js'
import { patchesToTest } from './patches.js'

type Write = Extract<Order, { type: 'write' }>

interface Asked {
  readonly resolve: (answer: unknown) => void
  readonly reject: (error: Error) => void
}

type Wires = Pick<Application, 'redisWire' | 'pushWire' | 'databaseWire'>

/** A process of the application, and the wires to it that a test can disturb. */
export class Application {
  readonly name: string
  /** To Redis, if that is one server. */
  readonly redisWire: TcpProxy | undefined
  /** Of what that pushes. */
  readonly pushWire: TcpProxy | undefined
  readonly databaseWire: TcpProxy
  readonly #child: ChildProcess
  readonly #asked = new Map<number, Asked>()
  readonly #exited: Promise<unknown>
  #number = 0
  #reached: (() => void) | undefined

  private constructor(setup: ProgramSetup, wires: Wires) {
    this.name = setup.name
    this.redisWire = wires.redisWire
    this.pushWire = wires.pushWire
    this.databaseWire = wires.databaseWire
    this.#child = spawn(process.execPath, programArguments, {
      env: {
        ...process.env,
        FAULTS_PROGRAM: JSON.stringify(setup),
        PROPERTY_TEST_PATCHES: JSON.stringify(patchesToTest()),
      },
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    })
    this.#exited = once(this.#child, 'exit')
  }

  static async start(setup: ProgramSetup, wires: Wires): Promise<Application> {
    const application = new Application(setup, wires)
    const child = application.#child
    await new Promise<void>((resolve, reject) => {
      child.once('exit', (code) => reject(new Error(`${setup.name} ended with ${code} before it was ready`)))
      child.on('message', (report: Report) =>
        report.type === 'ready' ? resolve() : application.#heard(report),
      )
    })
    child.once('exit', () => application.#buried())
    return application
  }

  async read(id: number): Promise<unknown> {
    return await this.#ask({ type: 'read', id })
  }

  /** Resolves when the write has been acknowledged to its caller. */
  async write(name: string, id: number, how: Write['how'] = 'by itself'): Promise<void> {
    await this.#ask({ type: 'write', id, name, how })
  }

  /** The statements of a transaction, up to its COMMIT; resolves when that is about to be sent. */
  async writeUpToCommit(name: string, id: number): Promise<Uncommitted> {
    const reached = new Promise<void>((resolve) => (this.#reached = resolve))
    const done = this.write(name, id, 'in a transaction that waits before its COMMIT')
    const ended = done.then(ignore, (error: unknown) => error as Error)
    await reached
    return {
      commit: () => {
        void this.#ask({ type: 'go on' }).catch(ignore)
        return done
      },
      ended,
    }
  }

  async tell(): Promise<Told> {
    return (await this.#ask({ type: 'tell' })) as Told
  }

  /** How its next read is answered. */
  async readAndTell(id: number): Promise<{ readonly name: unknown; readonly isHit: boolean }> {
    const { hits } = await this.tell()
    const name = await this.read(id)
    return { name, isHit: (await this.tell()).hits > hits }
  }

  stop(): void {
    this.#child.kill('SIGSTOP')
  }

  goOn(): void {
    this.#child.kill('SIGCONT')
  }

  /** Ends it as a crash would. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL')
    await this.#exited
  }

  async #ask(order: Order): Promise<unknown> {
    const number = ++this.#number
    return await new Promise((resolve, reject) => {
      this.#asked.set(number, { resolve, reject })
      this.#child.send({ ...order, number } satisfies Numbered<Order>, (error) => {
        if (error !== null) reject(error)
      })
    })
  }

  #heard(report: Exclude<Report, { type: 'ready' }>): void {
    if (report.type === 'waiting before COMMIT') return this.#reached?.()
    const asked = this.#asked.get(report.number)
    this.#asked.delete(report.number)
    if (report.type === 'done') asked?.resolve(report.answer)
    else asked?.reject(new Error(report.message))
  }

  #buried(): void {
    for (const { reject } of this.#asked.values()) reject(new Error(`${this.name} has died`))
    this.#asked.clear()
  }
}

/** A write that is about to be committed. */
export interface Uncommitted {
  /** Has it committed; resolves when it has been acknowledged. */
  commit(): Promise<void>
  /** Resolves when it has ended, with the error if it was not acknowledged. */
  readonly ended: Promise<Error | undefined>
}

const ignore = (): undefined => undefined

const programArguments = [
  '--conditions=@freshet/source',
  '--disable-warning=FreshetWarning',
  `--import=${new URL('../../property/mutant-loader.mjs', import.meta.url).href}`,
  '--import=tsx',
  fileURLToPath(new URL('./program.ts', import.meta.url)),
]
