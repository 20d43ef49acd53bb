import type { StoreContext } from '@freshet/core/store'
import type { PushClient } from '../client.js'
import type { Link } from '../link.js'
import { publishing } from './publishing.js'
import type { PushSession } from './push-session.js'
import { isRefusal, type PushWay, type PushWayOptions, type Told } from './push-way.js'
import { tracking } from './tracking.js'

export interface PushConnectionOptions extends PushWayOptions {
  /** A connection to the server, of its own: it is connected, and closed, here. */
  readonly client: PushClient
  readonly context: StoreContext
  readonly link: Link
  /** How long an echo may take before the connection is not trusted any more. */
  readonly silenceMs: number
  /** Whether what writers tell makes nothing younger, at present. */
  readonly trustsNoWriter: () => boolean
  /** A heartbeat has come back. */
  readonly onHeard: () => void
  /** What claims to load begin with: the channel on which it is told that one has ended. */
  readonly fillPrefix: string
  /** Generations that have changed. */
  readonly onChanged: (keys: readonly string[]) => void
  /** Claims to load that somebody has waited for. */
  readonly onClaimsEnded: (keys: readonly string[]) => void
  /** Anything may have changed: the connection is new, or was lost, or the server cannot tell what has changed. */
  readonly onGap: () => void
}

/** Until the server tells anything at least this long is waited, however short a silence the user allows. */
const minBeginMs = 5_000
/** Attempts in a row by tracking of which nothing was heard, after which the other way is tried. */
const muteAttempts = 2

/**
 * Has one server tell which generations change, and knows how far it has heard: by tracking, or where that is refused, or comes to
 * nothing, by what writers publish.
 */
export class PushConnection {
  readonly #options: PushConnectionOptions
  readonly #tracking: PushWay
  readonly #publishing: PushWay
  /** Grows with each connection, so that what belongs to an earlier one is noticed. */
  #attempt = 0
  /** When the connection that is being made was begun. `undefined`: none is wanted any more. */
  #begunAt: number | undefined
  #session: Session | undefined
  #way: PushWay
  #mute = 0
  #pending: { readonly echo: string; readonly sentAt: number } | undefined
  #beats = 0

  constructor(options: PushConnectionOptions) {
    this.#options = options
    const { client, context, trustsNoWriter } = options
    this.#tracking = tracking(options)
    this.#publishing = publishing(options, trustsNoWriter)
    this.#way = this.#tracking
    this.#begunAt = context.now()
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
    const sentAt = context.now()
    if (this.#session === undefined) {
      // Half open from the start: no command on it has a limit of its own.
      if (sentAt - (this.#begunAt ?? sentAt) >= Math.max(silenceMs, minBeginMs)) this.#again()
    } else if (this.#pending === undefined) void this.#send(this.#session, sentAt)
    else if (sentAt - this.#pending.sentAt >= silenceMs) this.#again()
  }

  close(): void {
    this.#end()
  }

  readonly #onReady = (): void => {
    const attempt = ++this.#attempt
    this.#begin(attempt).catch((cause: unknown) => {
      if (attempt === this.#attempt) this.#failed(cause)
    })
  }

  readonly #onDown = (): void => {
    this.#attempt++
    this.#begunAt = this.#options.context.now()
    this.#down()
  }

  async #begin(attempt: number): Promise<void> {
    const { client } = this.#options
    // Before anything is told: what was asked for under a later epoch is then not taken for what this server tells of.
    const info = String(await client.callBuffer('info', 'replication'))
    const epoch = /master_replid:(\w+)/.exec(info)?.[1]
    if (epoch === undefined) throw new Error('ERR INFO has no master_replid')
    await this.#agree(attempt)
    if (attempt !== this.#attempt) return
    // What hangs on it must not keep the process alive: it is not the user's connection.
    client.stream?.unref?.()
    this.#session = new Session(epoch, this.#way)
    this.#options.onGap()
    // Nothing hangs on it: who may not listen for the ends of claims asks now and then.
    client.callBuffer('subscribe', this.#endsChannel).catch(ignore)
  }

  async #agree(attempt: number): Promise<void> {
    const { client, context } = this.#options
    let said = 'nothing'
    if (this.#mute < muteAttempts) {
      this.#mute++
      this.#way = this.#tracking
      const refusal = await refusalOf(this.#tracking.begin(client))
      if (refusal === undefined || attempt !== this.#attempt) return
      said = refusal.message
    }
    this.#mute = 0
    this.#way = this.#publishing
    await this.#publishing.begin(client)
    await this.#mark()
    if (attempt !== this.#attempt) return
    context.warn('REDIS_WITHOUT_TRACKING', `${withoutTracking} It said: ${said}`)
  }

  /** The first heartbeat, whose mark the next ones miss if the server forgets; and whether the user may publish at all. */
  async #mark(): Promise<void> {
    const beat = this.#publishing.beat('')
    const [outcome] = beat === undefined ? [] : await this.#options.link.run([beat.call])
    if (outcome === undefined || outcome.ok) return
    const { cause } = outcome.error
    throw cause instanceof Error ? cause : outcome.error
  }

  #failed(cause: unknown): void {
    const { client, context } = this.#options
    if (!isRefusal(cause)) return client.disconnect(true)
    context.warn('REDIS_WITHOUT_PUSH', `${withoutPush} It said: ${cause.message}`)
    this.#end()
  }

  async #send(session: Session, sentAt: number): Promise<void> {
    const way = this.#way
    const beat = way.beat((++this.#beats).toString(36))
    if (beat === undefined) return
    const pending = { echo: beat.echo, sentAt }
    this.#pending = pending
    const [outcome] = await this.#options.link.run([beat.call])
    if (session !== this.#session) return
    if (!outcome!.ok) {
      // It may never have arrived; another is sent.
      if (this.#pending === pending) this.#pending = undefined
      return
    }
    const { reply } = outcome!
    if (String(Array.isArray(reply) ? reply[0] : reply) !== session.epoch) this.#again()
    else if (way.hasForgotten(reply)) this.#options.onGap()
  }

  get #endsChannel(): string {
    return this.#options.keyPrefix + this.#options.fillPrefix
  }

  readonly #onMessage = (channel: Buffer, message: unknown): void => {
    const from = String(channel)
    if (from === this.#endsChannel) return this.#claimEnded(String(message))
    const told = this.#way.told(from, message)
    if (told === undefined) return
    const { pushed } = this.#options.context
    if (pushed === undefined) this.#told(told)
    else pushed(() => this.#told(told))
  }

  #claimEnded(key: string): void {
    const { keyPrefix, onClaimsEnded } = this.#options
    onClaimsEnded([key.slice(keyPrefix.length)])
  }

  #told({ changed, echoes }: Told): void {
    const { onChanged, onGap, keyPrefix } = this.#options
    if (changed === undefined) return onGap()
    if (changed.length > 0) onChanged(changed.map((key) => key.slice(keyPrefix.length)))
    for (const echo of echoes) if (echo === this.#pending?.echo) this.#heard()
  }

  #heard(): void {
    this.#mute = 0
    if (this.#session !== undefined) this.#session.heardAt = this.#pending!.sentAt
    this.#pending = undefined
    this.#options.onHeard()
  }

  #again(): void {
    this.#onDown()
    this.#options.client.disconnect(true)
  }

  #end(): void {
    const { client } = this.#options
    client.off('ready', this.#onReady)
    client.off('close', this.#onDown)
    this.#attempt++
    this.#begunAt = undefined
    this.#down()
    client.disconnect()
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
  readonly #way: PushWay
  heardAt = -Infinity

  constructor(epoch: string, way: PushWay) {
    this.epoch = epoch
    this.#way = way
  }

  get trustMs(): number {
    return this.#way.trustMs
  }
}

/** What the server says if it refuses. Any other error rejects. */
async function refusalOf(doing: Promise<void>): Promise<Error | undefined> {
  try {
    await doing
    return undefined
  } catch (cause) {
    if (isRefusal(cause)) return cause
    throw cause
  }
}

const ignore = (): void => undefined

const withoutTracking =
  'What other processes change is published by them, and not told by Redis itself: it does not permit CLIENT TRACKING to the user of the client, or something in between does not pass it on. Generations that nobody writes through Freshet are then asked for every few seconds. Permit CLIENT, INFO and SUBSCRIBE on the channel __redis__:invalidate; or permit PUBLISH and PUBSUB to every user that writes.'
const withoutPush =
  "Near copies are served only after asking the server: it permits neither CLIENT TRACKING nor PUBLISH and SUBSCRIBE to the user of the client, without which changes made by other processes are not told. Permit CLIENT, INFO and SUBSCRIBE on the channel __redis__:invalidate; or INFO, and PUBLISH, PUBSUB and SUBSCRIBE on the channels of the store's prefix."
