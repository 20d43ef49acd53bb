import { Deadlines, FreshetError, type StoreContext } from '@freshet/core/store'
import { Breaker } from './breaker.js'
import type { CommandPart } from './client.js'
import type { Script } from './scripts/script.js'
import type { Command, Wire } from './wire.js'

/** One run of a script. Its keys are all of one group. */
export interface ScriptCall {
  readonly script: Script
  readonly keys: readonly string[]
  readonly args: readonly CommandPart[]
}

export type Outcome<T> = { readonly ok: true; readonly reply: T } | Refused

interface Refused {
  readonly ok: false
  readonly error: FreshetError
}

export interface LinkOptions {
  /** How long one command may take. */
  readonly timeoutMs: number
  readonly breakerFailures: number
  readonly breakerRetryMs: number
  /** Called when a server turns out to be no master, in place of asking the client's own hook; once per `breakerRetryMs`. */
  readonly onDemoted?: (() => void) | undefined
}

export interface CallOptions {
  /** Limit of this call, if it is less than the link's. */
  readonly timeoutMs?: number
  /** Goes through although the server has stopped answering: what it says must be delivered. */
  readonly insistent?: boolean
}

/**
 * The way to the servers: nothing waits in a queue for a connection, nothing waits longer than its limit, and a server
 * that has stopped answering is left alone for a while, each node of a cluster by itself.
 */
export class Link {
  readonly wire: Wire
  readonly #context: StoreContext
  readonly #options: LinkOptions
  readonly #deadlines: Deadlines
  readonly #breakers = new Map<string, Breaker>()
  #heededUntil = -Infinity

  constructor(wire: Wire, context: StoreContext, options: LinkOptions) {
    this.wire = wire
    this.#context = context
    this.#options = options
    this.#deadlines = new Deadlines(context)
  }

  /** Runs scripts, those for one node in one go. The outcomes are in the order of the calls, and none rejects. */
  async run(calls: readonly ScriptCall[], options: CallOptions = {}): Promise<readonly Outcome<unknown>[]> {
    const outcomes = await this.#sendAll(calls, evalsha, options)
    if (!outcomes.some(isUnknownScript)) return this.#heeding(outcomes)
    const unknown = calls.filter((_, index) => isUnknownScript(outcomes[index]!))
    // A server forgets its scripts when it restarts; with the source it runs and remembers it.
    const again = await this.#sendAll(unknown, evaluate, options)
    return this.#heeding(outcomes.map((outcome, index) => again[unknown.indexOf(calls[index]!)] ?? outcome))
  }

  /**
   * Whether no server can be asked now, as whoever asked would learn a little later and at some cost. It is told as a failure.
   *
   * @param key one that the client's user may read
   */
  isAway(key: string): boolean {
    const { wire } = this
    // Each hit asks, and need not pay for a command.
    if (wire.isReady() && (wire.hasGroups || !this.#breakerOf(wire.nodeOf(0)).isOpen)) return false
    const refused = wire.hasGroups
      ? this.#notReady()
      : this.#refusal(wire.nodeOf(0), { name: 'exists', parts: [key] })
    if (refused !== undefined) this.#context.failed('lookup', refused.error)
    return refused !== undefined
  }

  /** One plain command on one key. */
  async command(name: string, key: string, ...parts: readonly CommandPart[]): Promise<unknown> {
    const node = this.wire.nodeOf(this.wire.groupOf(key))
    const [outcome] = await this.#answers(node, [{ name, parts: [key, ...parts] }], {})
    if (outcome!.ok) return outcome!.reply
    throw outcome!.error
  }

  /**
   * Plain commands for a server without groups, all over one connection; `undefined` if one of them fails, or if
   * the connection ended meanwhile: client libraries send again what was not answered, and then perhaps to another server.
   *
   * @param then called once, and must not throw: a promise more is felt in a hit
   */
  overOneConnection(
    commands: readonly Command[],
    then: (replies: readonly unknown[] | undefined) => void,
  ): void {
    const before = this.wire.connections()
    this.#exchange(this.wire.nodeOf(0), commands, {}, (outcomes) => {
      if (this.wire.connections() !== before) return then(undefined)
      const replies: unknown[] = []
      for (const outcome of outcomes) {
        if (!outcome.ok) return then(undefined)
        replies.push(outcome.reply)
      }
      return then(replies)
    })
  }

  /** What a server that is no master has answered is worth nothing, and nothing better comes while the client stays with it. */
  #heeding(outcomes: readonly Outcome<unknown>[]): readonly Outcome<unknown>[] {
    const { onDemoted, breakerRetryMs } = this.#options
    const now = this.#context.now()
    if (now < this.#heededUntil || !outcomes.some(isOfNoMaster)) return outcomes
    this.#heededUntil = now + breakerRetryMs
    try {
      if (onDemoted === undefined) this.wire.demoted()
      else onDemoted()
    } catch (cause) {
      this.#context.failed('leave demoted server', cause)
    }
    return outcomes
  }

  async #sendAll(
    calls: readonly ScriptCall[],
    toCommand: (call: ScriptCall) => Command,
    options: CallOptions,
  ): Promise<readonly Outcome<unknown>[]> {
    // Nearly always there is one, and a hit should not pay for more.
    if (calls.length === 1) return await this.#answers(this.#nodeOf(calls[0]!), calls.map(toCommand), options)
    const byNode = new Map<string, ScriptCall[]>()
    for (const call of calls) {
      const node = this.#nodeOf(call)
      const ofNode = byNode.get(node)
      if (ofNode === undefined) byNode.set(node, [call])
      else ofNode.push(call)
    }
    const found = new Map<ScriptCall, Outcome<unknown>>()
    await Promise.all(
      Array.from(byNode, async ([node, ofNode]) => {
        const outcomes = await this.#answers(node, ofNode.map(toCommand), options)
        ofNode.forEach((call, index) => found.set(call, outcomes[index]!))
      }),
    )
    return calls.map((call) => found.get(call)!)
  }

  #nodeOf({ keys }: ScriptCall): string {
    return this.wire.nodeOf(this.wire.groupOf(keys[0]!))
  }

  #answers(
    node: string,
    commands: readonly Command[],
    options: CallOptions,
  ): Promise<readonly Outcome<unknown>[]> {
    return new Promise((resolve) => this.#exchange(node, commands, options, resolve))
  }

  /** @param then called once; whatever it throws is nobody's to catch */
  #exchange(
    node: string,
    commands: readonly Command[],
    { timeoutMs = this.#options.timeoutMs, insistent = false }: CallOptions,
    then: Then,
  ): void {
    const refused = insistent ? this.#notReady() : this.#refusal(node, commands[0]!)
    if (refused !== undefined) return then(refuse(commands, refused))
    this.#inTime(commands, this.#breakerOf(node), Math.min(timeoutMs, this.#options.timeoutMs), then)
  }

  /** Why nothing can be asked of a node now. */
  #refusal(node: string, command: Command): Refused | undefined {
    const notReady = this.#notReady()
    if (notReady !== undefined) return notReady
    const breaker = this.#breakerOf(node)
    if (!breaker.isOpen) return undefined
    // Nobody waits for that: all readers of a tick would, each time.
    if (breaker.tryProbe()) this.#inTime([probe(command)], breaker, this.#options.timeoutMs, nothing)
    return leftAlone()
  }

  /** Asked whatever the breaker says: a client that waits for its first use is used now. */
  #notReady(): Refused | undefined {
    return this.wire.isReady() ? undefined : notConnected()
  }

  #inTime(commands: readonly Command[], breaker: Breaker, timeoutMs: number, then: Then): void {
    // By hand: a race for each command, and a wait for all of them, cost a hit several microseconds.
    const outcomes: Outcome<unknown>[] = []
    let open = commands.length
    const end = () => {
      const all = open === 0 ? outcomes : commands.map((_, at) => outcomes[at] ?? silence(timeoutMs))
      if (all.some(isSilence)) breaker.failed()
      else breaker.succeeded()
      then(all)
    }
    // Sent first: what follows costs no time while the server works. Nothing is answered before the end of this.
    const sending = this.wire.send(commands)
    const deadline = this.#deadlines.start(timeoutMs, end)
    const settle = (index: number, outcome: Outcome<unknown>) => {
      outcomes[index] = outcome
      if (--open === 0 && this.#deadlines.end(deadline)) end()
    }
    sending.forEach((sent, index) => {
      sent.then(
        (reply) => settle(index, { ok: true, reply }),
        (cause: unknown) => settle(index, { ok: false, error: failed(cause) }),
      )
    })
  }

  #breakerOf(node: string): Breaker {
    const known = this.#breakers.get(node)
    if (known !== undefined) return known
    const { breakerFailures: failures, breakerRetryMs: retryMs } = this.#options
    const breaker = new Breaker({ now: this.#context.now, failures, retryMs })
    this.#breakers.set(node, breaker)
    return breaker
  }
}

type Then = (outcomes: readonly Outcome<unknown>[]) => void

const nothing = (): void => undefined

const evalsha = ({ script, keys, args }: ScriptCall): Command => ({
  name: 'evalsha',
  parts: [script.sha1, keys.length, ...keys, ...args],
})

const evaluate = ({ script, keys, args }: ScriptCall): Command => ({
  name: 'eval',
  parts: [script.lua, keys.length, ...keys, ...args],
})

/** Asks nothing but for an answer, of the node that a command is for. */
function probe({ name, parts }: Command): Command {
  const isScript = name === 'evalsha' || name === 'eval'
  return { name: 'exists', parts: [parts[isScript ? 2 : 0]!] }
}

function isUnknownScript(outcome: Outcome<unknown>): boolean {
  return (
    !outcome.ok && outcome.error.cause instanceof Error && outcome.error.cause.message.startsWith('NOSCRIPT')
  )
}

/** Either its label is empty, or it was to write. */
function isOfNoMaster(outcome: Outcome<unknown>): boolean {
  if (!outcome.ok)
    return outcome.error.cause instanceof Error && /READONLY /.test(outcome.error.cause.message)
  const { reply } = outcome
  return Array.isArray(reply) && Buffer.isBuffer(reply[0]) && reply[0].length === 0
}

/** The server did not say anything. An error that it sent is an answer: nobody waited for that. */
function isSilence(outcome: Outcome<unknown>): boolean {
  return !outcome.ok && !(outcome.error.cause instanceof Error && outcome.error.cause.name === 'ReplyError')
}

function refuse(commands: readonly Command[], refused: Refused): readonly Outcome<never>[] {
  return commands.map(() => refused)
}

// Each made once: while the server is away every read is refused, and where an error comes from costs more to find out than all the rest.
const notConnected = refusal(
  'The client of Redis is not connected, and nothing waits until it is. Look at its connection.',
)
const leftAlone = refusal(
  'Redis has not answered several times in a row and is left alone for a moment. Look at its load and at the network.',
)

function refusal(message: string): () => Refused {
  let made: Refused | undefined
  return () => (made ??= { ok: false, error: new FreshetError('STORE_UNAVAILABLE', message) })
}

function silence(timeoutMs: number): Outcome<unknown> {
  const error = new FreshetError(
    'STORE_TIMEOUT',
    `Redis did not answer within ${timeoutMs} ms. Look at its load and at the network, or give redisStore() a longer timeout.`,
  )
  return { ok: false, error }
}

function failed(cause: unknown): FreshetError {
  const said = cause instanceof Error ? cause.message : String(cause)
  return new FreshetError(
    'STORE_UNAVAILABLE',
    `Redis did not carry out a command: ${said}. Look at the server and at the permissions of the client's user.`,
    { cause },
  )
}
