import { onFreePorts } from './free-ports.js'
import { redisCommand, type RedisReply } from './redis-command.js'
import { startRedisHost } from './redis-host.js'
import type { RedisHost, RedisLaunch, RedisProcess } from './redis-launch.js'

/** A Redis server that a test kills, stops for a while and starts again, always on the same port. */
export interface RedisServer {
  readonly host: string
  readonly port: number
  readonly url: string
  /** Sends one command on a connection of its own. */
  command(...args: readonly (string | number)[]): Promise<RedisReply>
  /** What its memory holds now, as an RDB file that `restart` takes. */
  save(): Promise<Buffer>
  /** Ends it as a crash would (SIGKILL). */
  kill(): Promise<void>
  /** Starts it again, after `kill`, empty or with what an RDB file holds. */
  start(rdb?: Buffer): Promise<void>
  /** `kill` and `start`. */
  restart(rdb?: Buffer): Promise<void>
  /** Stops the process (SIGSTOP): connections stay open and nothing answers. */
  pause(): Promise<void>
  resume(): Promise<void>
  stop(): Promise<void>
}

const host = '127.0.0.1'

/** Starts a Redis server that can be restarted. Who only needs an empty one takes `startRedis`. */
export async function startRedisServer(args: readonly string[] = []): Promise<RedisServer> {
  return await onFreePorts(1, async ([port]) => await startOn(port!, args))
}

async function startOn(port: number, args: readonly string[]): Promise<RedisServer> {
  const machine = await startRedisHost([port])
  const node = new RedisNode(machine, { port, args })
  try {
    await node.start()
  } catch (error) {
    await machine.stop()
    throw error
  }
  return Object.assign(node, {
    stop: async () => {
      await node.kill()
      await machine.stop()
    },
  })
}

/** One process of a topology. */
export class RedisNode {
  readonly host = host
  readonly port: number
  readonly url: string
  readonly #machine: RedisHost
  readonly #plan: RedisLaunch
  #process: RedisProcess | undefined

  constructor(machine: RedisHost, plan: RedisLaunch) {
    this.#machine = machine
    this.#plan = plan
    this.port = plan.port
    this.url = `redis://${host}:${plan.port}`
  }

  readonly command = async (...args: readonly (string | number)[]): Promise<RedisReply> =>
    await redisCommand(this, ...args)

  async save(): Promise<Buffer> {
    await this.command('SAVE')
    return await this.#running().readFile('dump.rdb')
  }

  async start(rdb?: Buffer): Promise<void> {
    if (this.#process !== undefined) throw new Error(`Redis on port ${this.port} is running already`)
    const files = { ...this.#plan.files, ...(rdb === undefined ? {} : { 'dump.rdb': rdb }) }
    this.#process = await this.#machine.launch({ ...this.#plan, files })
  }

  async kill(): Promise<void> {
    const process = this.#process
    this.#process = undefined
    await process?.kill()
  }

  async restart(rdb?: Buffer): Promise<void> {
    await this.kill()
    await this.start(rdb)
  }

  async pause(): Promise<void> {
    await this.#running().signal('SIGSTOP')
  }

  async resume(): Promise<void> {
    await this.#running().signal('SIGCONT')
  }

  #running(): RedisProcess {
    if (this.#process === undefined) throw new Error(`Redis on port ${this.port} is not running`)
    return this.#process
  }
}
