import { randomBytes } from 'node:crypto'
import type { Script } from '../../src/scripts/script.js'
import type { TestClient } from './clients.js'

/** One tag's key, or entry's, on a real server, and the scripts run on it. */
export class ScriptRuns {
  readonly #client: TestClient
  readonly #prefix = `scripts:${randomBytes(6).toString('hex')}:`

  constructor(client: TestClient) {
    this.#client = client
  }

  key(name: string): string {
    return this.#prefix + name
  }

  async run(script: Script, names: readonly string[], ...args: readonly (string | number | Buffer)[]) {
    const keys = names.map((name) => this.key(name))
    return await this.#client.call('eval', script.lua, keys.length, ...keys, ...args)
  }

  /** Puts a value there, for `ttlMs` if given. */
  async put(name: string, value: string | Buffer, ttlMs?: number): Promise<void> {
    await this.#client.call('set', this.key(name), value, ...(ttlMs === undefined ? [] : ['px', ttlMs]))
  }

  async push(name: string): Promise<void> {
    await this.#client.call('lpush', this.key(name), 'not text')
  }

  async value(name: string): Promise<string | null> {
    return (await this.#client.call('get', this.key(name))) as string | null
  }

  /** A tag's value, taken apart; no generation if it is not there. */
  async tag(name: string): Promise<{ generation: string | undefined; intents: Record<string, number> }> {
    const [generation, ...intents] = (await this.value(name))?.split('|') ?? []
    const pairs = intents.map((intent) => intent.split(':') as [string, string])
    return { generation, intents: Object.fromEntries(pairs.map(([id, expires]) => [id, Number(expires)])) }
  }

  /** When the key expires on the server's clock, in ms; -1 never, -2 if it is not there. */
  async expires(name: string): Promise<number> {
    return Number(await this.#client.call('pexpiretime', this.key(name)))
  }

  /** The server's clock, in ms. */
  async now(): Promise<number> {
    const [seconds, micros] = (await this.#client.call('time')) as [string, string]
    return Number(seconds) * 1000 + Math.floor(Number(micros) / 1000)
  }
}
