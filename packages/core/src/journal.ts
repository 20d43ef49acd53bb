import type { Clock } from './clock.js'
import type { Events } from './events.js'
import type { Space } from './space.js'
import { wholeSpaceTag } from './space.js'
import type { Counters } from './stats.js'
import type { Store } from './store.js'

export interface JournalParts {
  readonly clock: Clock
  readonly counters: Counters
  readonly events: Events
}

/** The tags of one namespace, each with the time until which it must be held; 0: it need not be. */
interface Kept {
  readonly space: Space
  readonly tags: Map<string, number>
}

type Batch = ReadonlyMap<string, Kept>

// Beyond it, a namespace's own generation stands for all of its tags.
const maxTags = 10_000
const pauseMs = 200
// Of one step, if the store has no limit of its own.
const stepMs = 1_500
const marginMs = 500

/**
 * What this process's writes have changed and the store has not been told: other processes may serve older data until it
 * is, and this one must not use the store before.
 *
 * Bounded: when there are too many tags, those of the namespace become its own generation, and those of too many namespaces
 * that of the outermost.
 */
export class Journal {
  readonly #parts: JournalParts
  #store: Store | undefined
  #kept = new Map<string, Kept>()
  /** Tags in it. */
  #size = 0
  #replay: Promise<void> | undefined
  #cancel: (() => void) | undefined
  #downSince = 0
  #isClosed = false

  constructor(parts: JournalParts) {
    this.#parts = parts
  }

  /** The store that is told. */
  attach(store: Store): void {
    this.#store = store
  }

  /** Whether there is something that the store has not been told. */
  get isPending(): boolean {
    return this.#kept.size > 0 || this.#replay !== undefined
  }

  /**
   * Keeps tags until the store has given them new generations.
   *
   * @param heldUntil on the cache's clock: until then nobody knows whether the database commits what was written. 0: it has
   */
  keep(space: Space, tags: readonly string[], heldUntil: number, cause: unknown): void {
    if (tags.length === 0) return
    if (!this.isPending) this.#downSince = this.#parts.clock.now()
    for (const tag of tags) this.#add(space, tag, heldUntil)
    this.#bound(space)
    this.#parts.events.emit('store-down', { tags, cause })
    this.#schedule()
  }

  /** Tries once more, and says what is lost if that fails. */
  async close(): Promise<void> {
    this.#isClosed = true
    this.#cancel?.()
    this.#cancel = undefined
    await this.#replay
    if (this.#kept.size > 0) await this.#attempt()
    if (this.#size === 0) return
    this.#parts.events.warnOnce(
      'UNDELIVERED_AT_CLOSE',
      `The cache was closed before its store could be told of ${this.#size} tags that were written, so other processes may serve older data until it expires. Call clear() on a cache of the same namespace when the store can be reached again.`,
    )
  }

  #add(space: Space, tag: string, heldUntil: number): void {
    const kept = this.#kept.get(space.prefix) ?? { space, tags: new Map<string, number>() }
    this.#kept.set(space.prefix, kept)
    if (!kept.tags.has(tag)) this.#size++
    kept.tags.set(tag, Math.max(heldUntil, kept.tags.get(tag) ?? 0))
  }

  #bound(space: Space): void {
    if (this.#size > maxTags) this.#collapse(this.#kept.get(space.prefix)!)
    if (this.#size > maxTags) this.#collapseAll(space)
    this.#parts.counters.undelivered = this.#size
  }

  #collapse(kept: Kept): void {
    const until = latest(kept)
    this.#size -= kept.tags.size - 1
    kept.tags.clear()
    kept.tags.set(wholeSpaceTag, until)
  }

  /** The outermost namespace's own tag is carried by everything in the cache. */
  #collapseAll({ prefixes }: Space): void {
    const prefix = prefixes.at(-1)!
    const until = Math.max(...[...this.#kept.values()].map(latest))
    const root = { prefix, prefixes: [prefix] }
    this.#kept = new Map([[prefix, { space: root, tags: new Map([[wholeSpaceTag, until]]) }]])
    this.#size = 1
  }

  #schedule(): void {
    if (this.#isClosed || this.#cancel !== undefined || this.#replay !== undefined) return
    this.#cancel = this.#parts.clock.setTimer(() => {
      this.#cancel = undefined
      this.#replay = this.#attempt().finally(() => {
        this.#replay = undefined
        if (this.#kept.size > 0) this.#schedule()
      })
    }, pauseMs)
  }

  /** Tells the store all that is kept. What is kept meanwhile stays for the next time. */
  async #attempt(): Promise<void> {
    const { clock, counters, events } = this.#parts
    const batch: Batch = this.#kept
    const size = this.#size
    this.#kept = new Map()
    this.#size = 0
    try {
      for (const kept of batch.values()) await this.#tell(kept)
    } catch {
      // The event has said that the store is away, and another will say that it is back.
      for (const { space, tags } of batch.values()) {
        for (const [tag, heldUntil] of tags) this.#add(space, tag, heldUntil)
        this.#bound(space)
      }
      return
    }
    counters.undelivered = this.#size
    if (this.#size === 0) events.emit('store-up', { tags: size, downMs: clock.now() - this.#downSince })
  }

  async #tell({ space, tags }: Kept): Promise<void> {
    const store = this.#store!
    const now = this.#parts.clock.now()
    const held = [...tags].filter(([, until]) => until > now)
    const rest = [...tags].filter(([, until]) => until <= now)
    if (held.length > 0) {
      const names = held.map(([tag]) => tag)
      const ms = Math.max(...held.map(([, until]) => until)) - now
      await this.#inTime(async () => store.hold({ space, tags: names }, names, ms))
    }
    if (rest.length > 0) {
      const names = rest.map(([tag]) => tag)
      await this.#inTime(async () => store.bump(space, names))
    }
  }

  async #inTime(step: () => Promise<void>): Promise<void> {
    const limitMs = (this.#store!.writeLimitMs ?? stepMs) + marginMs
    let cancel!: () => void
    const tooLate = new Promise<never>((_, reject) => {
      cancel = this.#parts.clock.setTimer(() => reject(new Error('The store did not answer')), limitMs)
    })
    try {
      await Promise.race([step(), tooLate])
    } finally {
      cancel()
    }
  }
}

const latest = ({ tags }: Kept): number => Math.max(...tags.values())
