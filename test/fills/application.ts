import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { CacheStats } from '@freshet/core'

export interface Setup {
  readonly host: string
  readonly port: number
  readonly lease: string
  readonly readers: number
}

export interface Outcome {
  /** Each that was read, once. */
  readonly rows: readonly string[]
  readonly stats: CacheStats
}

/** A process of the application. */
export class Application {
  readonly #child: ChildProcess

  private constructor(child: ChildProcess) {
    this.#child = child
  }

  static async start(setup: Setup): Promise<Application> {
    const child = spawn(process.execPath, programArguments, {
      env: { ...process.env, FILLS_PROCESS: JSON.stringify(setup) },
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    })
    const application = new Application(child)
    await once(child, 'message')
    return application
  }

  get pid(): number {
    return this.#child.pid!
  }

  /** All its readers read the one row. */
  async read(): Promise<Outcome> {
    const answered = once(this.#child, 'message') as Promise<[Outcome]>
    this.#child.send('read')
    const [outcome] = await answered
    return outcome
  }

  /** Ends it as a crash would. */
  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const ended = once(this.#child, 'exit')
    this.#child.kill('SIGKILL')
    await ended
  }
}

const programArguments = [
  '--conditions=@freshet/source',
  '--disable-warning=FreshetWarning',
  '--import=tsx',
  fileURLToPath(new URL('./program.ts', import.meta.url)),
]
