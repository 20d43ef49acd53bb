import { FakeClock } from '@freshet/testing'
import type { Scheduler } from 'fast-check'
import fc from 'fast-check'
import type { Cache } from '../../src/cache.js'
import { createCache } from '../../src/create-cache.js'
import type { LoaderContext } from '../../src/load-context.js'
import type { StoreFactory } from '../../src/store.js'

const holdMs = 100
const tags = ['a', 'b', 'c'] as const
type Tag = (typeof tags)[number]

interface Key {
  readonly name: string
  /** What its value depends on. */
  readonly tags: readonly Tag[]
  /** The tags that only its loader names. */
  readonly late: readonly Tag[]
  /** Whether it lives in a namespace inside the cache that is written to. */
  readonly inner: boolean
}

const keys: readonly Key[] = [
  { name: 'k0', tags: ['a'], late: [], inner: false },
  { name: 'k1', tags: ['a', 'b'], late: [], inner: false },
  { name: 'k2', tags: ['c'], late: ['c'], inner: false },
  { name: 'k3', tags: ['b', 'c'], late: ['c'], inner: true },
]

export type Command =
  | { readonly kind: 'read' | 'get' | 'delete' | 'set'; readonly key: Key }
  | { readonly kind: 'read many'; readonly keys: readonly Key[] }
  | {
      readonly kind: 'write'
      readonly tags: readonly Tag[]
      readonly end: 'committed' | 'server error' | 'unknown'
    }
  | { readonly kind: 'invalidate'; readonly tags: readonly Tag[] }
  | { readonly kind: 'clear' }
  | { readonly kind: 'advance'; readonly ms: number }

const key = fc.constantFrom(...keys)
const someTags = fc.subarray([...tags], { minLength: 1 })

export const commands: fc.Arbitrary<Command[]> = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.record({ kind: fc.constant('read' as const), key }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('get' as const), key }) },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('read many' as const),
        keys: fc.constantFrom([keys[0]!, keys[1]!], [keys[1]!, keys[0]!, keys[1]!]),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constant('write' as const),
        tags: someTags,
        end: fc.constantFrom(
          'committed' as const,
          'committed' as const,
          'server error' as const,
          'unknown' as const,
        ),
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('invalidate' as const), tags: someTags }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('set' as const), key }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('delete' as const), key }) },
    { weight: 1, arbitrary: fc.constant({ kind: 'clear' as const }) },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant('advance' as const),
        ms: fc.constantFrom(10, 30, holdMs / 2, holdMs),
      }),
    },
  ),
  // Time never comes near the deadline of a store's call, after which a write goes on without its bump.
  { minLength: 5, maxLength: 18 },
)

interface Value {
  readonly versions: Record<Tag, number>
  /** Which read of the database it is: they are numbered in the order in which they begin. */
  readonly sequence: number
}

/** A write whose outcome the client was not told: the database carries it out at some moment until its limit. */
interface LateCommit {
  readonly tags: readonly Tag[]
  readonly before: number
  versions: Partial<Record<Tag, number>> | undefined
  /** When the caller had been told, or `undefined` as long as it had not. */
  toldAt: number | undefined
}

const serverError = Object.assign(new Error('violates a constraint'), { code: '23505', severity: 'ERROR' })

/**
 * A database, a cache and what has been acknowledged so far. Every command is started, every request of the
 * store delivered and every load landed when the scheduler says so; each read is held against what had been
 * acknowledged when it began.
 */
export class Interleaving {
  readonly #scheduler: Scheduler
  readonly #clock = new FakeClock()
  readonly #cache: Cache
  readonly #inner: Cache
  readonly #versions: Record<Tag, number> = { a: 0, b: 0, c: 0 }
  readonly #acknowledged: Record<Tag, number> = { a: 0, b: 0, c: 0 }
  /** The least sequence of a value that may be served under a key: it was set, deleted or cleared since. */
  readonly #least = new Map<Key, number>()
  readonly #settings = new Set<{ readonly key: Key; readonly sequence: number }>()
  readonly #lateCommits: LateCommit[] = []
  #sequence = 0

  constructor(scheduler: Scheduler, store: StoreFactory) {
    this.#scheduler = scheduler
    this.#cache = createCache({
      store,
      clock: this.#clock,
      ttl: 400,
      jitter: 0,
      unknownOutcomeHold: holdMs,
      joinTimeout: 60,
    })
    this.#inner = this.#cache.namespace('inner')
  }

  async run(list: readonly Command[]): Promise<void> {
    const done = list.map((command) => this.#step(`start ${command.kind}`).then(() => this.#do(command)))
    await this.#scheduler.waitFor(Promise.all(done))
    // Whatever happened, everything is quiet now, and everybody must see all of it.
    this.#advance(2 * holdMs)
    const last = keys.flatMap((each) => [this.#read(each), this.#get(each)])
    await this.#scheduler.waitFor(Promise.all(last))
  }

  stats() {
    return this.#cache.stats()
  }

  #step(label: string): Promise<void> {
    return this.#scheduler.schedule(Promise.resolve(), label)
  }

  #do(command: Command): Promise<void> | void {
    switch (command.kind) {
      case 'read':
        return this.#read(command.key)
      case 'read many':
        return this.#readMany(command.keys)
      case 'get':
        return this.#get(command.key)
      case 'set':
        return this.#set(command.key)
      case 'delete':
        return this.#replaced([command.key], () => this.#cacheOf(command.key).delete(command.key.name))
      case 'clear':
        return this.#replaced(keys, () => this.#cache.clear())
      case 'write':
        return command.end === 'unknown' ? this.#lose(command.tags) : this.#write(command.tags, command.end)
      case 'invalidate':
        return this.#invalidate(command.tags)
      case 'advance':
        return this.#advance(command.ms)
    }
  }

  #cacheOf({ inner }: Key): Cache {
    return inner ? this.#inner : this.#cache
  }

  async #query(): Promise<Value> {
    const sequence = ++this.#sequence
    await this.#step('query arrives')
    const versions = { ...this.#versions }
    await this.#step('rows arrive')
    return { versions, sequence }
  }

  async #read(each: Key): Promise<void> {
    const check = this.#expectation(each)
    const known = each.tags.filter((tag) => !each.late.includes(tag))
    const load = ({ setTags }: LoaderContext) => {
      if (each.late.length > 0) setTags(each.late)
      return this.#query()
    }
    check(await this.#cacheOf(each).getOrSet(each.name, load, { tags: known }), 'getOrSet')
  }

  async #readMany(list: readonly Key[]): Promise<void> {
    const checks = list.map((each) => this.#expectation(each))
    const load = (missing: string[]) => Promise.all(missing.map(() => this.#query()))
    const options = { tags: ['a', 'b'] }
    const values = await this.#cache.getOrSetMany(
      list.map(({ name }) => name),
      load,
      options,
    )
    values.forEach((value, index) => checks[index]!(value, 'getOrSetMany'))
  }

  async #get(each: Key): Promise<void> {
    const check = this.#expectation(each)
    const value = await this.#cacheOf(each).get<Value>(each.name)
    if (value !== undefined) check(value, 'get')
  }

  async #set(each: Key): Promise<void> {
    const cache = this.#cacheOf(each)
    const vector = await cache.snapshot(each.tags)
    const { versions } = await this.#query()
    const value: Value = { versions, sequence: ++this.#sequence }
    this.#settings.add({ key: each, sequence: value.sequence })
    await this.#replaced([each], () => cache.set(each.name, value, { vector }), value.sequence)
    for (const setting of this.#settings) {
      if (setting.sequence === value.sequence) this.#settings.delete(setting)
    }
  }

  /** After `change`, only what was read since, or what it set itself, may be served, or what is being set beside it. */
  async #replaced(list: readonly Key[], change: () => Promise<unknown>, own = Infinity): Promise<void> {
    const least = new Map(
      list.map((each) => [each, Math.min(own, this.#sequence + 1, this.#leastBeingSet(each))]),
    )
    await change()
    for (const [each, sequence] of least) {
      this.#least.set(each, Math.max(this.#least.get(each) ?? 0, sequence))
    }
  }

  #leastBeingSet(each: Key): number {
    const same = [...this.#settings].filter(({ key: other }) => other === each)
    return Math.min(...same.map(({ sequence }) => sequence))
  }

  async #write(list: readonly Tag[], end: 'committed' | 'server error'): Promise<void> {
    let versions: Partial<Record<Tag, number>> = {}
    const commit = async () => {
      await this.#step('commit arrives')
      versions = this.#change(list)
      await this.#step('commit is answered')
      // Of two statements, the second failed.
      if (end === 'server error') throw serverError
    }
    await this.#cache.write(list, commit).catch(ignoreLoss)
    this.#acknowledge(versions)
  }

  async #lose(list: readonly Tag[]): Promise<void> {
    const late: LateCommit = {
      tags: list,
      before: this.#clock.now() + holdMs,
      versions: undefined,
      toldAt: undefined,
    }
    const commit = () => {
      this.#lateCommits.push(late)
      void this.#step('late commit').then(() => this.#land(late))
      return Promise.reject(new Error('connection lost'))
    }
    await this.#cache.write(list, commit).catch(ignoreLoss)
    late.toldAt = this.#clock.now()
  }

  async #invalidate(list: readonly Tag[]): Promise<void> {
    await this.#step('somebody else commits')
    const versions = this.#change(list)
    await this.#cache.invalidate(list)
    this.#acknowledge(versions)
  }

  #advance(ms: number): void {
    const now = this.#clock.now() + ms
    for (const late of this.#lateCommits) if (late.before <= now) this.#land(late)
    this.#clock.advance(ms)
    for (const { toldAt, versions } of this.#lateCommits) {
      if (versions !== undefined && toldAt !== undefined && toldAt + holdMs <= now)
        this.#acknowledge(versions)
    }
  }

  #land(late: LateCommit): void {
    late.versions ??= this.#change(late.tags)
  }

  #change(list: readonly Tag[]): Partial<Record<Tag, number>> {
    return Object.fromEntries(list.map((tag) => [tag, ++this.#versions[tag]]))
  }

  #acknowledge(versions: Partial<Record<Tag, number>>): void {
    for (const tag of tags) {
      this.#acknowledged[tag] = Math.max(this.#acknowledged[tag], versions[tag] ?? 0)
    }
  }

  /** What a read that begins now must be given at least. */
  #expectation(each: Key): (value: Value, by: string) => void {
    const acknowledged = { ...this.#acknowledged }
    const least = this.#least.get(each) ?? 0
    return ({ versions, sequence }, by) => {
      for (const tag of each.tags) {
        if (versions[tag] >= acknowledged[tag]) continue
        throw new Error(
          `${by} of ${each.name} gave version ${versions[tag]} of ${tag}, but ${acknowledged[tag]} had been acknowledged when it began`,
        )
      }
      if (sequence < least) {
        throw new Error(
          `${by} of ${each.name} gave read ${sequence}, but only ${least} and later may be served`,
        )
      }
    }
  }
}

function ignoreLoss(error: unknown): void {
  if (error === serverError || (error as Error).message === 'connection lost') return
  throw error
}
