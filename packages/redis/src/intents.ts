import type { Intent, Space, StoreContext } from '@freshet/core/store'
import type { CommandPart } from './client.js'
import type { Delivery } from './delivery.js'
import type { Dialects } from './dialects.js'
import { type Keys, tagsOf } from './keys.js'
import type { Nonces } from './nonces.js'
import { closeScript } from './scripts/close.js'
import { intentScript } from './scripts/intent.js'

export interface IntentsOptions {
  readonly delivery: Delivery
  readonly context: StoreContext
  readonly keys: Keys
  readonly nonces: Nonces
  /** What this process means by the tags that it marks and changes. */
  readonly dialects: Dialects
  /** Other generations were settled on for these keys, beside those that a change names. */
  readonly onSettled: (keys: readonly string[]) => void
  readonly leaseMs: number
  /** How long a writer's intent is renewed at most: one that is never closed must not keep its tags from readers for ever. */
  readonly maxAgeMs: number
  /** How long a generation without an intent is kept. */
  readonly tagTtlMs: number
  /** Where changes are told to those whom the server does not tell itself. */
  readonly channel: string
  /** How long the placing of a mark is tried, and how long its taking away. */
  readonly openLimitMs: number
  readonly closeLimitMs: number
}

/** A writer's mark, under an id that no other writer has. */
class RedisIntent implements Intent {
  readonly space: Space
  readonly tags: readonly string[]
  readonly id: string
  /** Ends the renewal. */
  release: () => void = () => undefined
  /** When it was marked last, on the cache's clock. */
  placedAt: number
  /** Until when its tags are held, because the outcome of its write is not known. */
  heldUntil = 0

  constructor(space: Space, tags: readonly string[], id: string, placedAt: number) {
    this.space = space
    this.tags = tags
    this.id = id
    this.placedAt = placedAt
  }
}

/**
 * The marks of this process's writers: placed before the commit, renewed while the writer lives, taken away after it.
 */
export class Intents {
  readonly #options: IntentsOptions

  constructor(options: IntentsOptions) {
    this.#options = options
  }

  /** Resolves when every server has the mark. Rejects if that is not certain; then nothing is left of it that is known of. */
  async open(space: Space, tags: readonly string[]): Promise<Intent> {
    const { leaseMs, maxAgeMs, context, nonces } = this.#options
    const startedAt = context.now()
    const intent = new RedisIntent(space, tags, nonces.next(), startedAt)
    const names = tagsOf(space, tags)
    try {
      await this.#place(intent, names, leaseMs)
      await this.renew(intent)
    } catch (error) {
      // It may have arrived although no answer came. A mark that is left costs its tags a lease of misses.
      void this.#close(intent.id, [], names).catch(ignore)
      throw error
    }
    intent.release = this.#keep(intent, names, startedAt + maxAgeMs)
    return intent
  }

  /** Marks anew while less than half of the lease is left: the commit that follows must fit into the rest. */
  renew(intent: Intent): Promise<void> | undefined {
    const { context, leaseMs } = this.#options
    if (!(intent instanceof RedisIntent) || context.now() - intent.placedAt <= leaseMs / 2) return undefined
    return this.#place(intent, tagsOf(intent.space, intent.tags), leaseMs).then(() => this.renew(intent))
  }

  /** `bumped` get new generations. An intent that could not be placed is closed as well: then this is a bump. */
  async close(intent: Intent, bumped: readonly string[]): Promise<void> {
    const first = tagsOf(intent.space, bumped)
    if (!(intent instanceof RedisIntent)) return await this.#close('', first, [])
    intent.release()
    const marked = new Set(tagsOf(intent.space, intent.tags))
    const unmarked = first.filter((name) => !marked.has(name))
    for (const name of first) marked.delete(name)
    // Marks stand for what is not marked as well: taken away elsewhere before, nothing would if this process died half-way.
    if (unmarked.length > 0 && this.#isSpread([...first, ...marked])) await this.#close('', unmarked, [])
    await this.#close(intent.id, first, [...marked])
  }

  #isSpread(names: readonly string[]): boolean {
    const { delivery, keys } = this.#options
    return delivery.isSpread(names.map(keys.generation))
  }

  async bump(space: Space, tags: readonly string[]): Promise<void> {
    await this.#close('', tagsOf(space, tags), [])
  }

  /**
   * The database may commit until `ms` have passed: until then the tags stay marked, and are marked again if Redis loses
   * them; then they get new generations. If this process dies before, the mark runs out, which does the same.
   *
   * New generations now would be of no use: readers could store the old rows under them.
   */
  async hold(intent: Intent, tags: readonly string[], ms: number): Promise<void> {
    const placed = intent instanceof RedisIntent ? intent : this.#never(intent)
    const names = tagsOf(intent.space, [...tags, ...placed.tags])
    const { context } = this.#options
    placed.release()
    placed.heldUntil = Math.max(placed.heldUntil, context.now() + ms)
    const end = () => {
      this.#close(placed.id, names, []).catch((cause) => {
        context.failed('end hold', cause)
        context.undelivered?.(placed.space, [...tags, ...placed.tags], cause)
      })
    }
    placed.release = this.#keep(placed, names, placed.heldUntil, end)
    await this.#place(placed, names, ms)
  }

  /** In place of an intent whose placing failed. */
  #never({ space }: Intent): RedisIntent {
    return new RedisIntent(space, [], this.#options.nonces.next(), this.#options.context.now())
  }

  async #place(intent: RedisIntent, names: readonly string[], ms: number): Promise<void> {
    const { delivery, context, keys, nonces, tagTtlMs, channel, openLimitMs } = this.#options
    const settling = this.#settling(names, names)
    const args = (some: readonly string[]) => [
      intent.id,
      nonces.next(),
      ms,
      channel,
      ...settling.args(some, tagTtlMs),
    ]
    const placedAt = context.now()
    const all = [...names.map(keys.generation), ...settling.keys]
    settling.answered(await delivery.deliver(intentScript, all, args, openLimitMs))
    intent.placedAt = placedAt
  }

  /** @param changed among `names`, which are the scripts' own keys as well */
  #settling(changed: readonly string[], names: readonly string[]): Settling {
    const { dialects, keys, leaseMs, onSettled } = this.#options
    const tables = dialects.changedIn(changed)
    if (tables.size === 0) return settlesNothing
    const ids = new Map(Array.from(tables, ([table, id]) => [keys.generation(table), id]))
    const own = new Set(names.map(keys.generation))
    return {
      keys: [...ids.keys()],
      args(some, ...before) {
        // A key may be there twice: first to take its mark away, and behind all others to be settled.
        const seen = new Set<string>()
        const told = some.map((key) => {
          const id = ids.get(key)
          if (id === undefined || (own.has(key) && !seen.has(key))) {
            seen.add(key)
            return ''
          }
          return id
        })
        return told.some((id) => id !== '') ? [...before, leaseMs, ...told] : before
      },
      answered(replies) {
        if (replies.some(Array.isArray)) onSettled([...ids.keys()])
      },
    }
  }

  /** Renews a mark at thirds of the lease, and calls back when its time has come, unless it is released before. */
  #keep(
    intent: RedisIntent,
    names: readonly string[],
    until: number,
    ended: () => void = ignore,
  ): () => void {
    const { context, leaseMs } = this.#options
    let cancel = ignore
    const next = () => {
      const leftMs = until - context.now()
      cancel = leftMs <= 0 ? (ended(), ignore) : context.setTimer(renew, Math.min(leaseMs / 3, leftMs))
    }
    const renew = () => {
      const leftMs = until - context.now()
      if (leftMs > 0) {
        this.#place(intent, names, Math.min(leaseMs, leftMs)).catch((cause) =>
          context.failed('renew intent', cause),
        )
      }
      next()
    }
    next()
    return () => cancel()
  }

  async #close(id: string, bumped: readonly string[], others: readonly string[]): Promise<void> {
    const { delivery, context, keys, nonces, tagTtlMs, channel, closeLimitMs } = this.#options
    const first = new Set(bumped.map(keys.generation))
    const settling = this.#settling(bumped, [...bumped, ...others])
    const args = (some: readonly string[]) => {
      const count = some.filter((key) => first.has(key)).length
      return [id, nonces.next(), count, tagTtlMs, channel, ...settling.args(some)]
    }
    const all = [...first, ...others.map(keys.generation), ...settling.keys]
    const replies = await delivery.deliver(closeScript, all, args, closeLimitMs)
    settling.answered(replies)
    if (replies.flat().includes(-1)) context.warn('REDIS_CHANGES_NOT_TOLD', notTold)
  }
}

const ignore = (): void => undefined

/** The tables of a change whose dialect is settled with it. */
interface Settling {
  /** To stand behind all others. */
  readonly keys: readonly string[]
  /** What a script is told of some keys besides: `before`, and what they are settled by. */
  args(some: readonly string[], ...before: readonly CommandPart[]): readonly CommandPart[]
  answered(replies: readonly unknown[]): void
}

const settlesNothing: Settling = {
  keys: [],
  args: (_, ...before) => before,
  answered: ignore,
}

const notTold =
  "Other processes keep near copies and are not told what this one writes, so that they may serve what was there before for some seconds: they depend on changes being published, and Redis does not permit PUBLISH to the user of the client. Permit PUBLISH on the channels of the store's prefix, or CLIENT TRACKING to the others."
