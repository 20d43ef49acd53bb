import type { StoreFactory } from '@freshet/core'
import type {
  Dependencies,
  EntryRecord,
  Intent,
  MaybePromise,
  Space,
  Store,
  StoreContext,
  Vector,
} from '@freshet/core/store'
import { Faults, type FaultsOptions, InjectedFault, type StoreOperation } from './faults.js'

/** A store in front of another one, which fails, dawdles and goes deaf as `faults` says. */
export interface FaultyStoreFactory extends StoreFactory {
  /** To be changed at any time; every cache that has been given this store follows. */
  readonly faults: Faults
}

/**
 * `inner`, with faults that a test switches on and off while it runs. Without any it is as good as `inner`.
 *
 * What is broken is the way to the store: a call that fails has not been carried out, or (`loses the answer`) has been, and
 * the answer is lost. What the store does it still does rightly, so a cache in front of it must keep all its promises except
 * that it is fast: no query fails, no committed write is reported as failed, nothing older is served than before.
 *
 * @throws FreshetError INVALID_OPTION if `inner` is not what a store's function returns
 * @example
 * const store = faultyStore(memoryStore())
 * const cache = createCache({ store })
 * store.faults.failSometimes(0.1).delay(5, 50)
 * // …
 * store.faults.alwaysFail()
 * // …
 * store.faults.heal()
 */
export function faultyStore(inner: StoreFactory, options: FaultsOptions = {}): FaultyStoreFactory {
  const faults = new Faults(options)
  const create = (context: StoreContext): Store =>
    new FaultyStore(inner(withPushes(context, faults)), faults, context)
  return Object.assign(create, { faults })
}

function withPushes(context: StoreContext, faults: Faults): StoreContext {
  const outer = context.pushed ?? ((deliver) => deliver())
  return {
    ...context,
    pushed: (deliver) => {
      if (!faults.losesPush) outer(deliver)
    },
  }
}

class FaultyStore implements Store {
  readonly name: string
  readonly modes?: NonNullable<Store['modes']>
  readonly bind?: NonNullable<Store['bind']>
  readonly fills?: NonNullable<Store['fills']>
  readonly become?: NonNullable<Store['become']>
  readonly #inner: Store
  readonly #faults: Faults
  readonly #context: StoreContext
  /** Of each key, when the last change that is on its way arrives. */
  readonly #lastArrival = new Map<string, Promise<void>>()

  constructor(inner: Store, faults: Faults, context: StoreContext) {
    this.name = inner.name
    if (inner.modes !== undefined) this.modes = inner.modes
    if (inner.bind !== undefined) {
      const bind = inner.bind.bind(inner)
      this.bind = (...parts) => this.#call('bind', () => bind(...parts))
    }
    if (inner.become !== undefined) this.become = inner.become.bind(inner)
    const { fills } = inner
    if (fills !== undefined) {
      const { fromMs, waitMs } = fills
      const claim: typeof fills.claim = (...parts) =>
        this.#call('claim', () => fills.claim(...parts), { undo: (claimed) => claimed?.release() })
      this.fills = { fromMs, waitMs, claim }
    }
    this.#inner = inner
    this.#faults = faults
    this.#context = context
  }

  lookup(space: Space, key: string, dependencies: Dependencies) {
    return this.#call('lookup', () => this.#inner.lookup(space, key, dependencies))
  }

  snapshot(space: Space, tags: readonly string[]) {
    return this.#call('snapshot', () => this.#inner.snapshot(space, tags))
  }

  put(space: Space, key: string, record: EntryRecord, vector: Vector) {
    return this.#change('put', space.prefix + key, () => this.#inner.put(space, key, record, vector))
  }

  delete(space: Space, key: string) {
    return this.#change('delete', space.prefix + key, () => this.#inner.delete(space, key))
  }

  openIntent(space: Space, tags: readonly string[]) {
    return this.#call(
      'openIntent',
      () => this.#inner.openIntent(space, tags),
      // Nobody could close it any more.
      { undo: (intent) => this.#inner.closeIntent(intent, []) },
    )
  }

  renewIntent(intent: Intent) {
    return this.#inner.renewIntent?.(intent)
  }

  closeIntent(intent: Intent, bumped: readonly string[]) {
    return this.#call('closeIntent', () => this.#inner.closeIntent(intent, bumped))
  }

  bump(space: Space, tags: readonly string[]) {
    return this.#call('bump', () => this.#inner.bump(space, tags))
  }

  hold(intent: Intent, tags: readonly string[], ms: number) {
    return this.#call('hold', () => this.#inner.hold(intent, tags, ms))
  }

  size() {
    return this.#inner.size()
  }

  close() {
    return this.#inner.close()
  }

  /**
   * @param run what the inner store is asked
   * @param way when it arrives there. Default: after the delay
   * @param undo of what was done when its answer is lost
   */
  #call<T>(
    operation: StoreOperation,
    run: () => MaybePromise<T>,
    { way = this.#way(), undo }: { readonly way?: Way; readonly undo?: (answer: T) => unknown } = {},
  ): MaybePromise<T> {
    const kind = this.#faults.next(operation)
    const fault = new InjectedFault(operation)
    if (kind === 'throws') throw fault
    const arrive = (): MaybePromise<T> => {
      if (kind === 'rejects') return Promise.reject(fault)
      if (kind === 'never answers') return new Promise<never>(() => undefined)
      return kind === undefined ? run() : lose(run, fault, undo)
    }
    return way === undefined ? arrive() : way.then(arrive)
  }

  /** As `#call`, but not before the key's changes that were asked for earlier have arrived. */
  #change<T>(operation: StoreOperation, key: string, run: () => MaybePromise<T>): MaybePromise<T> {
    const before = this.#lastArrival.get(key)
    const own = this.#way()
    const way = before === undefined || own === undefined ? (own ?? before) : both(own, before)
    if (way === undefined) return this.#call(operation, run)
    this.#lastArrival.set(key, way)
    void this.#forget(key, way)
    return this.#call(operation, run, { way })
  }

  async #forget(key: string, way: Promise<void>): Promise<void> {
    await way
    if (this.#lastArrival.get(key) === way) this.#lastArrival.delete(key)
  }

  #way(): Way {
    const ms = this.#faults.nextDelayMs()
    if (ms === 0) return undefined
    return new Promise<void>((resolve) => void this.#context.setTimer(resolve, ms))
  }
}

/** Resolves when a call arrives; `undefined`: at once. */
type Way = Promise<void> | undefined

async function both(one: Promise<void>, other: Promise<void>): Promise<void> {
  await one
  await other
}

async function lose<T>(
  run: () => MaybePromise<T>,
  fault: InjectedFault,
  undo: ((answer: T) => unknown) | undefined,
): Promise<never> {
  const answer = await run()
  await undo?.(answer)
  throw fault
}
