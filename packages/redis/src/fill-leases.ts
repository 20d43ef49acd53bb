import type { Claim, Fills, Space, Vector } from '@freshet/core/store'
import type { CommandPart } from './client.js'
import type { Keys } from './keys.js'
import type { Link, Outcome, ScriptCall } from './link.js'
import type { Nonces } from './nonces.js'
import type { ResolvedFill } from './options.js'
import { claimScript } from './scripts/claim.js'
import { releaseScript } from './scripts/release.js'
import type { Script } from './scripts/script.js'
import { endOfTick } from './tick-batch.js'
import { RedisVector } from './vector.js'

export interface FillLeasesParts extends ResolvedFill {
  readonly link: Link
  readonly keys: Keys
  readonly nonces: Nonces
}

/**
 * Claims to load, each a key of its own that says nothing but whose it is: it stands for one entry under one vector, so that nobody waits
 * for a load that began before what he has seen.
 */
export class FillLeases implements Fills {
  readonly fromMs: number
  readonly waitMs: number
  readonly #parts: FillLeasesParts
  #next: Promise<readonly Outcome<unknown>[]> | undefined
  #calls: ScriptCall[] = []

  constructor(parts: FillLeasesParts) {
    this.fromMs = parts.fromMs
    this.waitMs = parts.waitMs
    this.#parts = parts
  }

  async claim(space: Space, key: string, vector: Vector): Promise<Claim | undefined> {
    if (!(vector instanceof RedisVector) || !vector.usable) return nobodys
    const { keys, nonces, leaseMs } = this.#parts
    const leaseKey = keys.fill(space.prefix + key, vector.id)
    const token = nonces.next()
    const reply = await this.#run(claimScript, leaseKey, token, leaseMs)
    return reply === 1
      ? { release: async () => void (await this.#run(releaseScript, leaseKey, token)) }
      : undefined
  }

  async #run(script: Script, key: string, ...args: readonly CommandPart[]): Promise<unknown> {
    const place = this.#calls.push({ script, keys: [key], args }) - 1
    this.#next ??= this.#together()
    const outcome = (await this.#next)[place]!
    if (!outcome.ok) throw outcome.error
    return outcome.reply
  }

  /** What is claimed until the event loop turns goes out, and is answered, as one: who may load several things loads them together. */
  #together(): Promise<readonly Outcome<unknown>[]> {
    return new Promise((resolve) => {
      endOfTick(() => {
        const calls = this.#calls
        this.#calls = []
        this.#next = undefined
        resolve(this.#parts.link.run(calls))
      })
    })
  }
}

const nobodys: Claim = { release: () => undefined }
