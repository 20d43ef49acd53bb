import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Answer, Asked, Moment, Question, Setup, State, Told } from './messages.js'

/** A process of the application, as the test sees it. */
export class Application {
  readonly #child: ChildProcess
  readonly #waiting = new Map<number, (told: Told) => void>()
  #questions = 0

  private constructor(child: ChildProcess) {
    this.#child = child
    child.on('message', (told: Told) => {
      if (told.type !== 'ready') this.#waiting.get(told.id)?.(told)
    })
  }

  static async start(setup: Setup): Promise<Application> {
    const child = spawn(process.execPath, programArguments, {
      env: { ...process.env, FAILOVER_PROCESS: JSON.stringify(setup) },
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    })
    const application = new Application(child)
    await once(child, 'message')
    return application
  }

  read = async (row = 0): Promise<number> => (await this.#ask({ type: 'read', row })) as number

  write = async (row = 0): Promise<number> => (await this.#ask({ type: 'write', row })) as number

  state = async (): Promise<State> => (await this.#ask({ type: 'state' })) as State

  work = async (ownRow: number, rows: number): Promise<void> =>
    void (await this.#ask({ type: 'work', ownRow, rows }))

  stop = async (): Promise<readonly Moment[]> => (await this.#ask({ type: 'stop' })) as readonly Moment[]

  /** Ends it as a crash would. */
  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const ended = once(this.#child, 'exit')
    this.#child.kill('SIGKILL')
    await ended
  }

  async #ask(question: Question): Promise<Answer> {
    const id = ++this.#questions
    const told = await new Promise<Told>((resolve) => {
      this.#waiting.set(id, resolve)
      this.#child.send({ id, question } satisfies Asked)
    })
    this.#waiting.delete(id)
    if (told.type === 'answer') return told.answer
    throw new Error(told.type === 'error' ? told.message : told.type)
  }
}

const programArguments = [
  '--conditions=@freshet/source',
  '--disable-warning=FreshetWarning',
  '--import=tsx',
  fileURLToPath(new URL('./program.ts', import.meta.url)),
]
