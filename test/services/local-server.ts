import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { chmodSync, chownSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { onFreePorts } from './free-ports.js'
import type { Owner } from './owner.js'
import type { Service, ServiceKind } from './service.js'

/** How one kind of server is started from programs on this machine. */
export interface LocalServerPlan {
  readonly kind: ServiceKind
  readonly command: string
  /** The port to listen on, for a server that comes back where it was. Default: one that is free. */
  readonly port?: number
  /** Command line for a data folder and a port. */
  readonly args: (folder: string, port: number) => readonly string[]
  /** Fills the empty folder, for servers that need it. */
  readonly prepare?: (folder: string, owner: Owner) => Promise<void>
  readonly owner: Owner
  /** What the server logs when it accepts connections. */
  readonly ready: RegExp
  /** The signal with which it stops at once; its data is thrown away. */
  readonly stopSignal: NodeJS.Signals
  readonly url: (host: string, port: number) => string
}

type Supervisor = ChildProcessByStdio<Writable, Readable, Readable>

const supervisorScript = fileURLToPath(new URL('./supervisor.mjs', import.meta.url))
const host = '127.0.0.1'
const startTimeoutMs = 60_000

/** Starts a server in a fresh folder below the system's temporary folder. */
export async function startLocalServer(plan: LocalServerPlan): Promise<Service> {
  if (plan.port !== undefined) return await startOnce(plan, plan.port)
  return await onFreePorts(1, async ([port]) => await startOnce(plan, port!))
}

async function startOnce(plan: LocalServerPlan, port: number): Promise<Service> {
  const folder = await preparedFolder(plan)
  const supervisor = supervise(plan, folder, port)
  const exited = new Promise<void>((resolve) => supervisor.once('exit', () => resolve()))
  const pid = await started(supervisor, plan)
  const stop = async () => {
    supervisor.ref()
    supervisor.stdin.end()
    await exited
  }
  const kill = async () => {
    supervisor.ref()
    if (supervisor.exitCode === null) killNow(pid)
    await exited
  }
  return { kind: plan.kind, host, port, url: plan.url(host, port), pid, folder, stop, kill }
}

async function preparedFolder(plan: LocalServerPlan): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), `freshet-${plan.kind}-`))
  try {
    chmodSync(folder, 0o700)
    if (plan.owner.uid !== undefined && plan.owner.gid !== undefined)
      chownSync(folder, plan.owner.uid, plan.owner.gid)
    await plan.prepare?.(folder, plan.owner)
    return folder
  } catch (error) {
    rmSync(folder, { recursive: true, force: true })
    throw error
  }
}

function supervise(plan: LocalServerPlan, folder: string, port: number): Supervisor {
  const order = {
    command: plan.command,
    args: plan.args(folder, port),
    folder,
    ...plan.owner,
    stopSignal: plan.stopSignal,
  }
  // A session of its own: Ctrl-C in a terminal reaches the caller, who then stops the server in order.
  return spawn(process.execPath, [supervisorScript, JSON.stringify(order)], {
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  })
}

async function started(supervisor: Supervisor, plan: LocalServerPlan): Promise<number> {
  return await new Promise((resolve, reject) => {
    let log = ''
    const fail = (what: string) => {
      supervisor.stdin.end()
      reject(new Error(`${plan.command} ${what}; its last output:\n${log.slice(-4000)}`))
    }
    const timer = setTimeout(() => fail(`was not ready after ${startTimeoutMs} ms`), startTimeoutMs)
    const onExit = () => {
      clearTimeout(timer)
      fail('ended before it was ready')
    }
    const onOutput = (chunk: Buffer) => {
      log += chunk.toString()
      const pid = /^supervised pid (\d+)$/m.exec(log)?.[1]
      // The server may be ready before its supervisor has said which process it is.
      if (pid === undefined || !plan.ready.test(log)) return
      clearTimeout(timer)
      supervisor.off('exit', onExit)
      for (const output of [supervisor.stdout, supervisor.stderr]) output.off('data', onOutput).resume()
      releaseEventLoop(supervisor)
      resolve(Number(pid))
    }
    supervisor.once('exit', onExit)
    supervisor.stdout.on('data', onOutput)
    supervisor.stderr.on('data', onOutput)
  })
}

// A caller that forgets to stop a server can still end; the supervisor notices and cleans up.
function releaseEventLoop(supervisor: Supervisor): void {
  supervisor.unref()
  for (const stream of [supervisor.stdin, supervisor.stdout, supervisor.stderr]) {
    if ('unref' in stream && typeof stream.unref === 'function') stream.unref()
  }
}

function killNow(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
