import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Answer, Request, Setup } from './messages.js'

type Asked = { [Type in Request['type']]: Omit<Extract<Request, { type: Type }>, 'id'> }[Request['type']]

/** A process of Node with a full copy of a namespace, of its own. */
export class ReplicaProcess {
  readonly #child: ChildProcess
  readonly #waiting = new Map<number, (answer: Answer) => void>()
  readonly #ended: Promise<undefined>
  #asked = 0

  private constructor(child: ChildProcess) {
    this.#child = child
    this.#ended = once(child, 'exit').then(() => undefined)
    child.on('error', () => undefined)
    child.on('message', (answer: Answer) => {
      this.#waiting.get(answer.id)?.(answer)
      this.#waiting.delete(answer.id)
    })
  }

  static async start(setup: Setup): Promise<ReplicaProcess> {
    const options = ['--conditions=@freshet/source', '--import=tsx']
    const child = spawn(
      process.execPath,
      [...options, fileURLToPath(new URL('./worker.ts', import.meta.url))],
      {
        env: { ...process.env, REPLICA_WORKER: JSON.stringify(setup) },
        stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      },
    )
    await once(child, 'message')
    return new ReplicaProcess(child)
  }

  /** `undefined` if the process has ended. */
  async read(row: number): Promise<number | undefined> {
    return ((await this.#ask({ type: 'read', row })) as { version: number } | undefined)?.version
  }

  /** Whether it was acknowledged: the process may have ended. */
  async write(row: number, version: number): Promise<boolean> {
    return (await this.#ask({ type: 'write', row, version })) !== undefined
  }

  async stats(): Promise<{ readonly entries: number; readonly loads: number; readonly failures: number }> {
    return (await this.#ask({ type: 'stats' })) as { entries: number; loads: number; failures: number }
  }

  /** At once, without being asked. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL')
    await this.#ended
  }

  async #ask(asked: Asked): Promise<Answer | undefined> {
    const id = ++this.#asked
    const answered = new Promise<Answer>((resolve) => void this.#waiting.set(id, resolve))
    this.#child.send({ id, ...asked }, () => undefined)
    const answer = await Promise.race([answered, this.#ended])
    if (answer !== undefined && 'error' in answer) throw new Error(answer.error)
    return answer
  }
}
