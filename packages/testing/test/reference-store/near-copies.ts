import type { StoreContext } from '@freshet/core/store'
import type { Server, StoredEntry } from './server.js'

export const silenceMs = 3_000

/** A question on its way to the server. */
export interface Asking {
  readonly sentAt: number
  readonly changes: number
}

interface Copy extends StoredEntry {
  /** Before the question was sent whose answer said that it is current. */
  readonly askedAt: number
}

/**
 * What a process keeps for itself when its cache does not ask for `strong`: served while it is not older than the limit, counted
 * from before it was asked for, or from before the last heartbeat that came back along the pushes.
 */
export class NearCopies {
  protected readonly context: StoreContext
  protected readonly server: Server
  protected heardAt = -Infinity
  readonly #copies = new Map<string, Copy>()
  readonly #limitMs: number
  #changes = 0
  #stop: (() => void) | undefined

  constructor(server: Server, context: StoreContext) {
    const { consistency } = context
    this.context = context
    this.server = server
    this.#limitMs = consistency.mode === 'bounded' ? consistency.maxStalenessMs : silenceMs
    if (this.isKept) server.listeners.add(this.#pushed)
  }

  protected get isKept(): boolean {
    return this.context.consistency.mode !== 'strong'
  }

  find(identity: string): StoredEntry | undefined {
    const copy = this.#copies.get(identity)
    return copy !== undefined && this.mayServe(copy.askedAt) ? copy : undefined
  }

  protected mayServe(askedAt: number): boolean {
    return this.context.now() - Math.max(askedAt, this.heardAt) <= this.#limitMs
  }

  ask(): Asking {
    if (this.isKept && this.#stop === undefined) this.#beat()
    return { sentAt: this.context.now(), changes: this.#changes }
  }

  /** Unless something has changed since it was asked for. */
  keep(identity: string, entry: StoredEntry, { sentAt, changes }: Asking): void {
    if (this.isKept && changes === this.#changes) this.#copies.set(identity, { ...entry, askedAt: sentAt })
  }

  forget(identity: string): void {
    this.#changes++
    this.#copies.delete(identity)
  }

  forgetTags(names: readonly string[]): void {
    this.#changes++
    for (const [identity, copy] of this.#copies)
      if (copy.names.some((name) => names.includes(name))) this.#copies.delete(identity)
  }

  close(): void {
    this.#stop?.()
    this.server.listeners.delete(this.#pushed)
    this.#copies.clear()
  }

  protected onPush(names: readonly string[]): void {
    this.forgetTags(names)
  }

  /** A heartbeat: what was pushed before it came back has come as well. */
  #beat(): void {
    const sentAt = this.context.now()
    this.#receive(() => (this.heardAt = sentAt))
    this.#stop = this.context.setTimer(() => this.#beat(), silenceMs / 3)
  }

  readonly #pushed = (names: readonly string[]): void => this.#receive(() => this.onPush(names))

  #receive(deliver: () => void): void {
    if (this.context.pushed === undefined) deliver()
    else this.context.pushed(deliver)
  }
}
