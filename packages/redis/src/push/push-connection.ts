import type { StoreContext } from '@freshet/core/store'
import type { PushClient } from '../client.js'
import type { Link } from '../link.js'
import { beatScript } from '../scripts/beat.js'
import type { PushSession } from './push-session.js'

export interface PushConnectionOptions {
  /** A connection to the server, of its own: it is connected, and closed, here. */
  readonly client: PushClient
  readonly context: StoreContext
  readonly link: Link
  /** What stands in front of all keys on the server, and is not told by whoever uses them. */
  readonly keyPrefix: string
  /** Keys with these beginnings are pushed: of generations, and of this connection's heartbeats. */
  readonly generationPrefix: string
  readonly beatPrefix: string
  /** Beats on keys of this kind are executed by the server that this is a connection to. `undefined`: no key is. */
  readonly beatKey: (text: string) => string | undefined
  /** How long an echo may take before the connection is not trusted any more. */
  readonly silenceMs: number
  /** Generations that have changed. */
  readonly onChanged: (keys: readonly string[]) => void
  /** Anything may have changed: the connection is new, or was lost, or the server cannot tell what has changed. */
  readonly onGap: () => void
}

const channel = '__redis__:invalidate'
const beatTtlMs = 5_000

/**
 * Has one server push which generations change, and knows how far it has heard (`CLIENT TRACKING … BCAST`, redirected to the very
 * connection that asks for it, so that both end together).
 */
export class PushConnection {
  readonly #options: PushConnectionOptions
  /** Grows with each connection, so that what belongs to an earlier one is noticed. */
  #attempt = 0
  #session: Session | undefined
  #pending: { readonly key: string; readonly sentAt: number } | undefined
  #beats = 0

  constructor(options: PushConnectionOptions) {
    this.#options = options
    const { client } = options
    client.on('ready', this.#onReady)
    client.on('close', this.#onDown)
    client.on('error', ignore)
    client.on('messageBuffer', this.#onMessage)
    client.connect().catch(ignore)
  }

  /** Of the connection, once it is known to push; it ends with the connection. */
  get session(): (PushSession & { readonly epoch: string }) | undefined {
    return this.#session
  }

  /** Sends a heartbeat, unless one is on its way; gives the connection up if that has been so for too long. */
  beat(): void {
    const { context, silenceMs } = this.#options
    if (this.#session === undefined) return
    const sentAt = context.now()
    if (this.#pending === undefined) void this.#send(sentAt)
    else if (sentAt - this.#pending.sentAt >= silenceMs) this.#again()
  }

  close(): void {
    const { client } = this.#options
    client.off('ready', this.#onReady)
    this.#down()
    client.disconnect()
  }

  readonly #onReady = (): void => {
    const attempt = ++this.#attempt
    this.#begin(attempt).catch((cause: unknown) => {
      if (attempt === this.#attempt) this.#failed(cause)
    })
  }

  readonly #onDown = (): void => {
    this.#attempt++
    this.#down()
  }

  async #begin(attempt: number): Promise<void> {
    const { client, keyPrefix, generationPrefix, beatPrefix } = this.#options
    const id = Number(await client.callBuffer('client', 'id'))
    const prefixes = [generationPrefix, beatPrefix].flatMap((prefix) => ['prefix', keyPrefix + prefix])
    await client.callBuffer('client', 'tracking', 'on', 'redirect', id, 'bcast', ...prefixes)
    const info = String(await client.callBuffer('info', 'replication'))
    await client.callBuffer('subscribe', channel)
    const epoch = /master_replid:(\w+)/.exec(info)?.[1]
    if (attempt !== this.#attempt || epoch === undefined) return
    // What hangs on it must not keep the process alive: it is not the user's connection.
    client.stream?.unref?.()
    this.#session = new Session(epoch)
    this.#options.onGap()
  }

  #failed(cause: unknown): void {
    const { client, context } = this.#options
    // Any other error passes: a server that is starting, or a connection that broke.
    const isRefused = cause instanceof Error && /^(?:NOPERM|ERR) /.test(cause.message)
    if (!isRefused) return client.disconnect(true)
    context.warn('REDIS_WITHOUT_TRACKING', `${withoutTracking} It said: ${cause.message}`)
    client.disconnect()
  }

  async #send(sentAt: number): Promise<void> {
    const { link, beatKey } = this.#options
    const session = this.#session
    const key = beatKey((++this.#beats).toString(36))
    if (key === undefined) return
    const pending = { key, sentAt }
    this.#pending = pending
    const [outcome] = await link.run([{ script: beatScript, keys: [key], args: [beatTtlMs] }])
    if (session === undefined || session !== this.#session) return
    if (!outcome!.ok) {
      // It may never have arrived; another is sent.
      if (this.#pending === pending) this.#pending = undefined
    } else if (String(outcome!.reply) !== session.epoch) this.#again()
  }

  readonly #onMessage = (_channel: Buffer, message: unknown): void => {
    const { pushed } = this.#options.context
    if (pushed === undefined) this.#pushed(message)
    else pushed(() => this.#pushed(message))
  }

  #pushed(message: unknown): void {
    const { onChanged, onGap, keyPrefix, beatPrefix } = this.#options
    // Keys, or nothing, which means all of them.
    if (!Array.isArray(message)) return onGap()
    const keys = message.map((key) => String(key).slice(keyPrefix.length))
    const changed = keys.filter((key) => !key.startsWith(beatPrefix))
    if (changed.length > 0) onChanged(changed)
    for (const key of keys) if (key === this.#pending?.key) this.#heard()
  }

  #heard(): void {
    if (this.#session !== undefined) this.#session.heardAt = this.#pending!.sentAt
    this.#pending = undefined
  }

  #again(): void {
    this.#onDown()
    this.#options.client.disconnect(true)
  }

  #down(): void {
    this.#pending = undefined
    if (this.#session === undefined) return
    this.#session = undefined
    this.#options.onGap()
  }
}

class Session implements PushSession {
  readonly epoch: string
  heardAt = -Infinity

  constructor(epoch: string) {
    this.epoch = epoch
  }
}

const ignore = (): void => undefined

const withoutTracking =
  'Near copies are served only after asking the server: it does not permit CLIENT TRACKING to the user of the client, without which changes made by other processes are not pushed. Permit CLIENT, INFO and SUBSCRIBE on the channel __redis__:invalidate.'
