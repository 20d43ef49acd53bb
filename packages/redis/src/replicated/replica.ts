import { digest, type Space, type StoreContext } from '@freshet/core/store'
import type { RedisClient } from '../client.js'
import type { Keys } from '../keys.js'
import type { Link } from '../link.js'
import type { Near } from '../near/with-near.js'
import type { PayloadFormat } from '../payload.js'
import { putCall, type StoredEntry } from '../put-entry.js'
import { KeyReader } from '../readings.js'
import { readScript } from '../scripts/read.js'
import { shareScript } from '../scripts/share.js'
import { Arrivals } from './arrivals.js'
import { Feed, withoutPublish } from './feed.js'
import { handMessage, Inbox } from './inbox.js'
import { Loading } from './loading.js'
import { Register } from './register.js'
import type { ReplicaCopies } from './replica-copies.js'

export interface ReplicaOptions {
  readonly client: RedisClient
  readonly context: StoreContext
  readonly link: Link
  readonly keys: Keys
  readonly format: PayloadFormat
  readonly near: Near
  readonly copies: ReplicaCopies
  readonly maxEntries: number
  readonly maxBytes: number
  /** The prefix of the namespace that is replicated, those inside it included. */
  readonly root: string
}

// Each time, the entries of a namespace are fetched by every process: changes by hand come in numbers.
const handDelayMs = 10_000
const inboxShare = 4

/** Sends the entries of one namespace to all processes, and keeps those that come, and those that were there before. */
export class Replica {
  readonly #options: ReplicaOptions
  readonly #channel: string
  readonly #reader: KeyReader
  readonly #register: Register
  readonly #feed: Feed
  readonly #loading: Loading

  constructor(options: ReplicaOptions) {
    const { client, context, link, keys, format, near, copies, maxEntries, maxBytes, root } = options
    this.#options = options
    // With the version in its name, two versions of an application do not talk past one another.
    this.#channel = `${client.options.keyPrefix ?? ''}${keys.prefix}v${format.version}:${digest(root)}`
    const reader = new KeyReader({ link, context, script: readScript, args: () => [], observe: near.observe })
    const register = new Register({ link, keys, root, maxEntries })
    const arrivals = new Arrivals({ near, keys, context, reader })
    const loading = new Loading({
      near,
      keys,
      format,
      context,
      reader,
      register,
      arrivals,
      copies,
      isListening: () => this.#feed.isUp,
    })
    const inbox = new Inbox({
      arrivals,
      format,
      context,
      maxBytes: maxBytes / inboxShare,
      onMissed: () => loading.want(),
      onHand: () => loading.want(handDelayMs),
    })
    this.#reader = reader
    this.#register = register
    this.#loading = loading
    this.#feed = new Feed({
      client,
      context,
      link,
      channel: this.#channel,
      onMessage: inbox.add,
      onUp: () => loading.want(),
    })
    this.#feed.start()
  }

  /**
   * Stores an entry, lists it and tells everybody. Listed first: whoever joins between the two is told of it, as it listens before
   * it reads the list.
   *
   * @throws FreshetError STORE_UNAVAILABLE, STORE_TIMEOUT
   */
  async put(entry: StoredEntry): Promise<void> {
    const { link, context } = this.#options
    const { space, entryKey, payload, ttlMs, byHand } = entry
    const member = this.#register.memberOf(space.prefix, entryKey)
    const share = { script: shareScript, keys: [entryKey], args: [payload, ttlMs, this.#channel] }
    // Put by hand, it is changed once more when this is done, and nobody could keep it.
    const calls = [this.#register.enlist(member, ttlMs), byHand ? putCall(entry) : share]
    const [listed, stored] = await link.run(calls)
    if (!listed!.ok) context.failed('list entry', listed!.error)
    if (!stored!.ok) throw stored!.error
    if (Buffer.isBuffer(stored!.reply))
      context.warn('REDIS_WITHOUT_PUBLISH', `${withoutPublish} It said: ${String(stored!.reply)}`)
  }

  /** An entry was put by hand, and all copies of its namespace are outdated. */
  tellOfHand(): void {
    this.#attempt('publish change', this.#publish(handMessage))
  }

  deleted({ prefix }: Space, key: string): void {
    const { keys } = this.#options
    this.#attempt(
      'strike entry',
      this.#register.strike(this.#register.memberOf(prefix, keys.entry(prefix + key))),
    )
    this.tellOfHand()
  }

  /** Generations have changed, or were marked and are not any more: what depends on them is asked for before it is needed. */
  changed(generationKeys: readonly string[]): void {
    const needed = this.#options.copies.needed(generationKeys)
    if (needed.length > 0) this.#attempt('ask for generations', this.#reader.read(needed))
  }

  gap(): void {
    this.#loading.want()
  }

  close(): void {
    this.#feed.close()
    this.#loading.close()
  }

  async #publish(message: Buffer): Promise<void> {
    await this.#options.link.command('publish', this.#channel, message)
  }

  #attempt(action: string, done: Promise<unknown>): void {
    done.catch((cause: unknown) => this.#options.context.failed(action, cause))
  }
}
