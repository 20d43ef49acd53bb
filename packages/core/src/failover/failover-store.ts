import type { ConsistencyMode } from '../consistency.js'
import type { Dependencies } from '../dependencies.js'
import type { MaybePromise } from '../maybe-promise.js'
import { isPromise } from '../maybe-promise.js'
import type { Space } from '../space.js'
import type {
  Absent,
  Dialect,
  EntryRecord,
  Fills,
  Intent,
  Lookup,
  Store,
  StoreContext,
  StoreSize,
  Vector,
} from '../store.js'
import { type Attempt, attempt } from './attempt.js'
import { BackupVector } from './backup-vector.js'
import type { Switch } from './switch.js'

export interface FailoverStoreParts {
  readonly stores: Switch
  readonly context: StoreContext
  /** Whether writers mark what they are about to change before they commit. */
  readonly marksWrites: boolean
}

/** One write's marks in both stores, as far as they were placed. */
interface BothIntents extends Intent {
  readonly primary?: Intent | undefined
  readonly backup?: { readonly store: Store; readonly intent: Promise<Attempt<Intent>> } | undefined
}

/** Two stores of which one answers, and both are told of every change. */
export class FailoverStore implements Store {
  readonly name = 'failover'
  readonly modes: readonly ConsistencyMode[] = ['eventual', 'bounded']
  readonly writeLimitMs?: number
  /** The primary's: the backup's vectors say nothing to it. */
  readonly fills?: Fills
  readonly #stores: Switch
  readonly #context: StoreContext
  readonly #marksWrites: boolean

  constructor({ stores, context, marksWrites }: FailoverStoreParts) {
    this.#stores = stores
    this.#context = context
    this.#marksWrites = marksWrites
    if (stores.primary.fills !== undefined) this.fills = stores.primary.fills
    const limits = [stores.primary, stores.backup.store].map(({ writeLimitMs = 0 }) => writeLimitMs)
    const limitMs = Math.max(...limits)
    if (limitMs > 0) this.writeLimitMs = limitMs
  }

  speak(space: Space, dialects: ReadonlyMap<string, Dialect>): void {
    this.#stores.speak(space, dialects)
  }

  lookup(
    space: Space,
    key: string,
    dependencies: Dependencies,
    now = this.#context.now(),
  ): MaybePromise<Lookup> {
    const stores = this.#stores
    stores.use(space)
    if (stores.active !== 'primary') return this.#lookupInBackup(space, key, dependencies)
    const found = stores.primary.lookup(space, key, dependencies, now)
    // What is at hand in this process says nothing of a server.
    return isPromise(found) ? this.#answered(found, now, space, key, dependencies) : found
  }

  snapshot(space: Space, tags: readonly string[]): MaybePromise<Vector> {
    const { primary, backup, active } = this.#using(space)
    if (active === 'none') return unusable
    return active === 'primary' ? primary.snapshot(space, tags) : backup.snapshot(space, tags)
  }

  put(space: Space, key: string, record: EntryRecord, vector: Vector): MaybePromise<void> {
    const { primary, backup, active } = this.#using(space)
    const isOfBackup = vector instanceof BackupVector
    if (active === 'primary' && !isOfBackup)
      return record.byHand === true
        ? this.#changed('primary', () => primary.put(space, key, record, vector), undefined)
        : primary.put(space, key, record, vector)
    // Of another outage, or of the primary, which is away: nothing that it says holds here.
    if (!isOfBackup || vector.store !== backup.store) return
    return record.byHand === true
      ? this.#changed('backup', () => backup.put(space, key, record, vector), undefined)
      : backup.put(space, key, record, vector)
  }

  delete(space: Space, key: string): MaybePromise<boolean> {
    const { primary, backup, active } = this.#using(space)
    // Whatever is used next is used after everything in it was invalidated.
    if (active === 'none') return false
    const store = active === 'primary' ? primary : backup.store
    return this.#changed(active, () => store.delete(space, key), false)
  }

  async openIntent(space: Space, tags: readonly string[]): Promise<BothIntents> {
    const { primary, backup, active } = this.#using(space)
    const { store } = backup
    const inBackup = this.#marksWrites
      ? { store, intent: attempt(() => store.openIntent(space, tags)) }
      : undefined
    const { needsIntents = false } = this.#context
    if (active !== 'primary' && !needsIntents) {
      await inBackup?.intent
      return { space, tags, backup: inBackup }
    }
    const askedAt = this.#context.now()
    const opened = await attempt(() => primary.openIntent(space, tags))
    if (opened.ok) this.#stores.heard(askedAt)
    else if (needsIntents) {
      void this.#rollBack({ space, tags, backup: inBackup })
      throw opened.cause
    } else this.#context.failed('open intent', opened.cause)
    return { space, tags, primary: opened.ok ? opened.value : undefined, backup: inBackup }
  }

  async renewIntent({ primary: mark, backup }: BothIntents): Promise<void> {
    if (backup !== undefined)
      void attempt(async () => {
        const opened = await backup.intent
        if (opened.ok) await backup.store.renewIntent?.(opened.value)
      })
    if (mark !== undefined) await this.#stores.primary.renewIntent?.(mark)
  }

  async closeIntent(intent: BothIntents, bumped: readonly string[]): Promise<void> {
    const { space, tags, primary: mark } = intent
    const { primary } = this.#using(space)
    // A mark that stays runs out; without one there is nothing to take back.
    if (bumped.length === 0) return await this.#rollBack(intent)
    await this.#change(
      'close intent',
      () => primary.closeIntent(mark ?? { space, tags }, bumped),
      () => this.#closeInBackup(intent, bumped),
    )
  }

  async bump(space: Space, tags: readonly string[]): Promise<void> {
    const { primary, backup } = this.#using(space)
    await this.#change(
      'bump',
      () => primary.bump(space, tags),
      () => backup.store.bump(space, tags),
    )
  }

  async hold(intent: BothIntents, tags: readonly string[], ms: number): Promise<void> {
    const { space, primary: mark } = intent
    const { primary } = this.#using(space)
    const all = [...new Set([...intent.tags, ...tags])]
    this.#stores.hold(space, all, ms)
    const plain = { space, tags: all }
    await this.#change(
      'hold',
      () => primary.hold(mark ?? plain, all, ms),
      () => this.#holdInBackup(intent, plain, ms),
    )
  }

  size(): StoreSize {
    const { primary, backup, active, outages } = this.#stores
    const inPrimary = primary.size()
    const inBackup = backup.store.size()
    return {
      entries: inPrimary.entries + inBackup.entries,
      bytes: inPrimary.bytes + inBackup.bytes,
      tags: inPrimary.tags + inBackup.tags,
      failover: { active, outages },
    }
  }

  async close(): Promise<void> {
    const { primary, backup } = this.#stores
    this.#stores.close()
    const ends = [await attempt(() => primary.close()), await attempt(() => backup.store.close())]
    for (const end of ends) if (!end.ok) throw end.cause
  }

  #using(space: Space): Switch {
    this.#stores.use(space)
    return this.#stores
  }

  async #answered(
    asked: Promise<Lookup>,
    askedAt: number,
    space: Space,
    key: string,
    dependencies: Dependencies,
  ): Promise<Lookup> {
    const found = await asked
    if (found.status === 'found' || found.reason !== 'unavailable') {
      this.#stores.heard(askedAt)
      return found
    }
    this.#stores.use(space)
    return this.#stores.active === 'backup' ? await this.#lookupInBackup(space, key, dependencies) : found
  }

  #lookupInBackup(space: Space, key: string, dependencies: Dependencies): MaybePromise<Lookup> {
    const { active, backup } = this.#stores
    return active === 'backup' ? backup.lookup(space, key, dependencies) : unavailable
  }

  /** A change by hand, which only the store that is used need have: the other one forgets everything before it is used. */
  #changed<T>(who: 'primary' | 'backup', change: () => MaybePromise<T>, otherwise: T): MaybePromise<T> {
    const failed = (cause: unknown) => {
      this.#context.failed('change by hand', cause)
      this.#missed(who, cause)
      return otherwise
    }
    try {
      const done = change()
      return isPromise(done) ? done.catch(failed) : done
    } catch (cause) {
      return failed(cause)
    }
  }

  /**
   * A change that both are told of. The store that is used when it is done has it.
   *
   * A primary that is away is told as well: it may be back, and other processes may be using it already. A backup that is not
   * used is told for those who use it, and not waited for: what it holds is served for a short time only.
   */
  async #change(
    action: string,
    inPrimary: () => MaybePromise<void>,
    inBackup: () => MaybePromise<void>,
  ): Promise<void> {
    const askedAt = this.#context.now()
    const told = attempt(inBackup)
    const wasAway = this.#stores.active !== 'primary'
    const primary = await attempt(inPrimary)
    if (primary.ok) this.#stores.heard(askedAt)
    else {
      if (!wasAway) this.#context.failed(action, primary.cause)
      this.#missed('primary', primary.cause)
    }
    if (this.#stores.active === 'primary') return
    const backup = await told
    if (backup.ok) return
    this.#missed('backup', backup.cause)
    throw backup.cause
  }

  #missed(who: 'primary' | 'backup', cause: unknown): void {
    if (who === 'primary') this.#stores.missedByPrimary(cause)
    else this.#stores.missedByBackup(cause)
  }

  async #closeInBackup({ space, backup: mark }: BothIntents, bumped: readonly string[]): Promise<void> {
    const { store } = this.#stores.backup
    const opened = await mark?.intent
    if (opened?.ok !== true) return await store.bump(space, bumped)
    if (mark!.store === store) return await store.closeIntent(opened.value, bumped)
    await store.bump(space, bumped)
    await mark!.store.closeIntent(opened.value, [])
  }

  async #holdInBackup({ backup: mark }: BothIntents, held: Intent, ms: number): Promise<void> {
    const { store } = this.#stores.backup
    const opened = await mark?.intent
    const isMarked = opened?.ok === true
    await store.hold(isMarked && mark!.store === store ? opened.value : held, held.tags, ms)
    if (isMarked && mark!.store !== store) await mark!.store.closeIntent(opened.value, [])
  }

  async #rollBack({ primary: mark, backup }: BothIntents): Promise<void> {
    const ends: Promise<Attempt<void>>[] = []
    if (mark !== undefined) ends.push(attempt(() => this.#stores.primary.closeIntent(mark, [])))
    if (backup !== undefined)
      ends.push(
        attempt(async () => {
          const opened = await backup.intent
          if (opened.ok) await backup.store.closeIntent(opened.value, [])
        }),
      )
    for (const end of await Promise.all(ends)) if (!end.ok) this.#context.failed('close intent', end.cause)
  }
}

const unusable: Vector = Object.freeze({ id: '', usable: false })
const unavailable: Absent = Object.freeze({ status: 'absent', reason: 'unavailable', vector: unusable })
