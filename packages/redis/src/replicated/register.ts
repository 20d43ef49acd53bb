import { digest } from '@freshet/core/store'
import type { Keys } from '../keys.js'
import type { Link, ScriptCall } from '../link.js'
import { enlistScript } from '../scripts/enlist.js'
import { listedScript } from '../scripts/listed.js'

export interface RegisterOptions {
  readonly link: Link
  readonly keys: Keys
  /** The prefix of the namespace that is replicated, those inside it included. */
  readonly root: string
  readonly maxEntries: number
}

/** What an entry is listed as: the prefix of its namespace, and its key. */
export interface Listed {
  readonly member: string
  readonly prefix: string
  readonly entryKey: string
}

// As many as a server can hand over without others having to wait for it.
const pageSize = 500

/**
 * Which entries a namespace has: a sorted set in Redis, by the time at which each expires, so that whoever joins need not search
 * for them. It is a help and no more: what is missing in it is asked for when it is needed.
 */
export class Register {
  readonly #options: RegisterOptions
  readonly #key: string

  constructor(options: RegisterOptions) {
    this.#options = options
    this.#key = `${options.keys.prefix}r:${digest(options.root)}`
  }

  /** The name of an entry in the list. */
  memberOf(prefix: string, entryKey: string): string {
    return prefix + entryKey.slice(this.#options.keys.entryPrefix.length)
  }

  enlist(member: string, ttlMs: number): ScriptCall {
    return { script: enlistScript, keys: [this.#key], args: [member, ttlMs, this.#options.maxEntries] }
  }

  async strike(member: string): Promise<void> {
    await this.#options.link.command('zrem', this.#key, member)
  }

  /**
   * All that is listed, what lives longest first. What is listed anew meanwhile may be missing.
   *
   * @throws FreshetError STORE_UNAVAILABLE, STORE_TIMEOUT
   */
  async *pages(): AsyncGenerator<readonly Listed[]> {
    let from = '+inf'
    let skip = 0
    for (let listed = 0; listed < this.#options.maxEntries; listed += pageSize) {
      const { members, scores } = await this.#page(from, skip)
      yield members.map((member) => this.#listed(member))
      if (members.length < pageSize) return
      const last = scores.at(-1)!
      // Those that expire in one millisecond may stand on both sides of a page's end.
      skip = scores.filter((score) => score === last).length + (last === from ? skip : 0)
      from = last
    }
  }

  async #page(from: string, skip: number) {
    const call = { script: listedScript, keys: [this.#key], args: [from, skip, pageSize] }
    const [outcome] = await this.#options.link.run([call])
    if (!outcome!.ok) throw outcome!.error
    const texts = (outcome!.reply as readonly unknown[]).map(String)
    return {
      members: texts.filter((_, index) => index % 2 === 0),
      scores: texts.filter((_, index) => index % 2 === 1),
    }
  }

  #listed(member: string): Listed {
    // Each name of a namespace ends with a NUL, which no digest has.
    const end = member.lastIndexOf('\u0000') + 1
    const { entryPrefix } = this.#options.keys
    return { member, prefix: member.slice(0, end), entryKey: entryPrefix + member.slice(end) }
  }
}
