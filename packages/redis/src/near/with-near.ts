import { FreshetError, type NearBounds, type Store, type StoreContext } from '@freshet/core/store'
import type { RedisClient } from '../client.js'
import type { Keys } from '../keys.js'
import type { Link } from '../link.js'
import { Push } from '../push/push.js'
import type { Readings } from '../readings.js'
import { Checker } from './checker.js'
import { Generations } from './generations.js'
import { type CopiesListener, NearCopies } from './near-copies.js'
import { NearMode } from './near-mode.js'
import { type BindingStore, NearStore, type NearStoreParts } from './near-store.js'

export interface NearOptions {
  readonly client: RedisClient
  readonly context: StoreContext
  readonly bounds: NearBounds
  readonly link: Link
  readonly keys: Keys
  readonly silenceMs: number
  /** Makes the shared store, each request of which is told to `observe`, and other keys that a change has changed to `changed`. */
  readonly share: (observe: Observe, changed: (keys: readonly string[]) => void) => BindingStore
}

/** Called when a request for generations is about to be handed to the socket; what it returns, with the replies. */
type Observe = () => (readings: Readings) => void

/** Whoever does more with copies than keep what was read. */
export interface NearOwner {
  readonly copies: CopiesListener
  createStore(parts: NearStoreParts): NearStore
  /** Other processes have changed generations, or marked them. */
  changed(keys: readonly string[]): void
  /** Anything may have changed: nothing that is there is served before it has been asked for. */
  gap(): void
}

/** A shared store with copies, and its parts. */
export interface Near {
  readonly store: NearStore
  readonly shared: Store
  readonly copies: NearCopies
  readonly generations: Generations
  readonly observe: Observe
}

// Entries of one application share most of their tags. Forgetting one only costs a question.
const keysPerEntry = 8
const minKeys = 10_000

/**
 * A shared store with copies in this process, as fresh as the cache asks at present.
 *
 * @throws FreshetError UNSUPPORTED_CONSISTENCY if the client cannot make connections for what is pushed
 */
export function withNear(options: NearOptions): NearStore {
  return createNear(options).store
}

/** As {@link withNear}, for an owner: copies stay over gaps and changes, and are not served. */
export function createNear(options: NearOptions, owner?: NearOwner): Near {
  const { context, bounds, link, keys, silenceMs } = options
  const copies = new NearCopies(bounds, owner?.copies)
  const mode = new NearMode({ context, silenceMs, generations: () => generations, createPush })
  const generations = new Generations({
    now: context.now,
    prefix: keys.generationPrefix,
    maxKeys: Math.max(minKeys, bounds.maxEntries * keysPerEntry),
    limitMs: () => mode.limitMs,
    onlyPushed: () => mode.onlyPushed,
    sessions: () => mode.sessions,
  })
  const observe: Observe = () => {
    const asking = generations.ask()
    return (readings) => generations.answered(asking, readings)
  }
  const shared = options.share(observe, changed)
  const parts: NearStoreParts = {
    shared,
    context,
    keys,
    checker: new Checker({ link, context, generations }),
    copies,
    generations,
    isOneServer: !link.wire.hasGroups,
    isAway: () => link.isAway(keys.prefix),
    keepsOutdated: owner !== undefined,
    mode,
  }
  const store = owner === undefined ? new NearStore(parts) : owner.createStore(parts)
  return { store, shared, copies, generations, observe }

  function changed(some: readonly string[]): void {
    generations.changed(some)
    owner?.changed(some)
  }

  function createPush(): Push {
    const { client } = options
    assertCanPush(client)
    return new Push({
      client,
      context,
      link,
      prefix: keys.prefix,
      generationPrefix: keys.generationPrefix,
      silenceMs,
      mode: () => mode,
      fillPrefix: keys.fillPrefix,
      onChanged: changed,
      onClaimsEnded: (ended) => shared.claimsEnded(ended),
      onGap: () => {
        if (!mode.heedsGaps) return
        if (owner === undefined) copies.clear()
        generations.lost()
        owner?.gap()
      },
    })
  }
}

/** @throws FreshetError UNSUPPORTED_CONSISTENCY */
function assertCanPush(client: RedisClient): void {
  if (typeof (client.isCluster === true ? client.nodes : client.duplicate) === 'function') return
  throw new FreshetError(
    'UNSUPPORTED_CONSISTENCY',
    `redisStore() was given a client without ${client.isCluster === true ? 'nodes()' : 'duplicate()'}, so it cannot be told of changes, and the cache was given a 'consistency' other than 'strong'. Pass a client of ioredis, or leave 'strong'.`,
  )
}
