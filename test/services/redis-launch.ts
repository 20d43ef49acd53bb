import { join } from 'node:path'

/** What one process of redis-server is started with. */
export interface RedisLaunch {
  readonly port: number
  /** Further command-line arguments. */
  readonly args?: readonly string[]
  /** Files that are in its folder when it starts, by name. */
  readonly files?: Readonly<Record<string, Buffer | string>>
  /** Whether it is a sentinel, whose configuration is the file `sentinel.conf`. */
  readonly sentinel?: boolean
}

/** A process of redis-server. */
export interface RedisProcess {
  signal(name: 'SIGSTOP' | 'SIGCONT'): Promise<void>
  /** A file in its folder. */
  readFile(name: string): Promise<Buffer>
  /** Ends it in order. */
  stop(): Promise<void>
  /** Ends it as a crash would (SIGKILL). */
  kill(): Promise<void>
}

/** Where several processes of redis-server run that reach one another, and are reached from here, as 127.0.0.1. */
export interface RedisHost {
  launch(plan: RedisLaunch): Promise<RedisProcess>
  /** Ends what is left. */
  stop(): Promise<void>
}

/** The whole command line: nothing is written to disk unless it is asked for. */
export function redisArguments(
  { port, args = [], sentinel = false }: RedisLaunch,
  folder: string,
  bind: string,
): readonly string[] {
  if (sentinel) return [join(folder, 'sentinel.conf'), '--sentinel', '--port', String(port), '--bind', bind]
  return [
    '--port',
    String(port),
    '--bind',
    bind,
    '--dir',
    folder,
    '--save',
    '',
    '--appendonly',
    'no',
    '--repl-diskless-sync-delay',
    '0',
    ...args,
  ]
}

export const redisIsReady = /Ready to accept connections|Sentinel ID is/
