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
  readonly #watching = new Map<string, Set<() => void>>()

  constructor(parts: FillLeasesParts) {
    this.fromMs = parts.fromMs
    this.waitMs = parts.waitMs
    this.#parts = parts
  }

  async claim(space: Space, key: string, vector: Vector): Promise<Claim | undefined> {
    if (!(vector instanceof RedisVector) || !vector.usable) return nobodys
    const { link, keys, nonces, leaseMs } = this.#parts
    const leaseKey = keys.fill(space.prefix + key, vector.id)
    const token = nonces.next()
    const reply = await this.#run(claimScript, leaseKey, token, leaseMs)
    return reply === 1
      ? {
          release: async () =>
            void (await this.#run(releaseScript, leaseKey, token, endsChannel(link, keys))),
        }
      : undefined
  }

  watch(space: Space, key: string, vector: Vector, wake: () => void): () => void {
    const leaseKey = this.#parts.keys.fill(space.prefix + key, vector.id)
    const watching = this.#watching.get(leaseKey) ?? new Set()
    this.#watching.set(leaseKey, watching.add(wake))
    return () => {
      watching.delete(wake)
      if (watching.size === 0) this.#watching.delete(leaseKey)
    }
  }

  /** Claims of other processes have ended. */
  ended(leaseKeys: readonly string[]): void {
    for (const key of leaseKeys) for (const wake of this.#watching.get(key) ?? []) wake()
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

/** Where it is told that a claim which somebody waits for has ended. */
const endsChannel = ({ wire }: Link, { fillPrefix }: Keys): string => wire.keyPrefix + fillPrefix

const nobodys: Claim = { release: () => undefined }
