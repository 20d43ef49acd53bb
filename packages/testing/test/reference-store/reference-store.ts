import { wholeSpaceTag } from '@freshet/core/store'
import type {
  Dependencies,
  Entry,
  EntryRecord,
  Intent,
  Lookup,
  Space,
  Store,
  StoreContext,
  StoreSize,
  Vector,
} from '@freshet/core/store'
import { NearCopies } from './near-copies.js'
import { Network } from './network.js'
import type { Reading, Server, StoredEntry } from './server.js'

export const leaseMs = 30_000

export interface ReferenceVector extends Vector {
  readonly names: readonly string[]
  readonly generations: readonly number[]
}

interface Mark extends Intent {
  readonly id: string
}

/**
 * A store that keeps every promise in the plainest way: processes that share a server, with copies of their own where the
 * cache does not ask for more than that. Each step that can be got wrong is a method, so that others can get it wrong.
 */
export class ReferenceStore implements Store {
  readonly name: string = 'reference'
  readonly network = new Network()
  protected readonly server: Server
  protected readonly context: StoreContext
  protected readonly copies: NearCopies
  #isClosed = false
  static #ids = 0

  constructor(server: Server, context: StoreContext) {
    this.server = server
    this.context = context
    this.copies = this.createCopies(server, context)
  }

  protected createCopies(server: Server, context: StoreContext): NearCopies {
    return new NearCopies(server, context)
  }

  async lookup(space: Space, key: string, dependencies: Dependencies): Promise<Lookup> {
    const identity = this.identityOf(space, key)
    const names = this.namesOf(space, dependencies.tags)
    const copy = this.copies.find(identity)
    if (copy !== undefined && this.covers(copy.names, names)) return found(copy)
    const asking = this.copies.ask()
    const [entry, readings] = await this.request(() => {
      const stored = this.server.entries.get(identity)
      return [stored, this.readAll(this.needed(stored, names))] as const
    })
    if (entry !== undefined && this.covers(entry.names, names) && this.isCurrent(entry, readings)) {
      this.copies.keep(identity, entry, asking)
      return found(entry)
    }
    const vector = this.vectorOf(names, readings)
    const reason = entry === undefined ? 'missing' : 'invalidated'
    const outdated = entry && this.wasCleared(space, entry, readings) ? undefined : entry?.record
    return { status: 'absent', reason: vector.usable ? reason : 'held', vector, outdated }
  }

  /** What a cleared namespace held is nobody's last value. */
  protected wasCleared(
    { prefixes }: Space,
    { names, generations }: StoredEntry,
    readings: ReadonlyMap<string, Reading>,
  ): boolean {
    const cleared = (name: string) => readings.get(name)!.generation !== generations[names.indexOf(name)]
    return prefixes.some((prefix) => cleared(prefix + wholeSpaceTag))
  }

  async snapshot(space: Space, tags: readonly string[]): Promise<Vector> {
    const names = this.namesOf(space, tags)
    return this.vectorOf(names, await this.request(() => this.readAll(names)))
  }

  async put(space: Space, key: string, record: EntryRecord, vector: Vector): Promise<void> {
    const identity = this.identityOf(space, key)
    if (!vector.usable || this.#isClosed) return
    await this.change(() => {
      const entry = this.entryOf(record, vector)
      // One that can never be found must not take the place of one that can.
      if (this.isCurrent(entry, this.readAll(entry.names))) this.server.entries.set(identity, entry)
    })
    this.copies.forget(identity)
  }

  async delete(space: Space, key: string): Promise<boolean> {
    const identity = this.identityOf(space, key)
    if (this.#isClosed) return false
    this.copies.forget(identity)
    return await this.change(() => this.server.entries.delete(identity))
  }

  async openIntent(space: Space, tags: readonly string[]): Promise<Intent> {
    const id = String(++ReferenceStore.#ids)
    await this.change(() => this.mark(space, tags, id, leaseMs))
    const mark: Mark = { space, tags, id }
    return mark
  }

  async closeIntent(intent: Intent, bumped: readonly string[]): Promise<void> {
    await this.change(() => {
      if (isMark(intent)) this.unmark(intent)
      this.renew(intent.space, bumped)
    })
    this.copies.forgetTags(this.ownNamesOf(intent.space, [...intent.tags, ...bumped]))
  }

  async bump(space: Space, tags: readonly string[]): Promise<void> {
    await this.change(() => this.renew(space, tags))
    this.copies.forgetTags(this.ownNamesOf(space, tags))
  }

  /** The mark stays until the time has passed; when it runs out, the tags get new generations. */
  async hold(intent: Intent, tags: readonly string[], ms: number): Promise<void> {
    const all = [...intent.tags, ...tags]
    await this.change(() => {
      // In place of the writer's mark, which would last for its lease.
      if (isMark(intent)) this.unmark(intent)
      this.mark(intent.space, all, isMark(intent) ? `held ${intent.id}` : 'held', ms)
      this.renew(intent.space, all)
    })
    this.copies.forgetTags(this.ownNamesOf(intent.space, all))
  }

  size(): StoreSize {
    return { entries: 0, bytes: 0, tags: 0 }
  }

  close(): void {
    this.#isClosed = true
    this.copies.close()
  }

  protected request<T>(carryOut: () => T): Promise<T> {
    return this.network.send(carryOut)
  }

  protected change<T>(carryOut: () => T): Promise<T> {
    return this.network.send(carryOut)
  }

  protected identityOf(space: Space, key: string): string {
    return space.prefix + key
  }

  /** What an entry that is read under `tags` depends on: them and the whole, here and in every namespace around. */
  protected namesOf(space: Space, tags: readonly string[]): readonly string[] {
    return space.prefixes.flatMap((prefix) => [wholeSpaceTag, ...tags].map((tag) => prefix + tag))
  }

  protected ownNamesOf(space: Space, tags: readonly string[]): readonly string[] {
    return [...new Set(tags)].map((tag) => space.prefix + tag)
  }

  /** Whose generations a look-up must see: what was asked for, and what the entry depends on. */
  protected needed(entry: StoredEntry | undefined, names: readonly string[]): readonly string[] {
    return [...new Set([...names, ...(entry?.names ?? [])])]
  }

  protected readAll(names: readonly string[]): ReadonlyMap<string, Reading> {
    return new Map(names.map((name) => [name, this.read(name)]))
  }

  protected read(name: string): Reading {
    return this.server.read(name, this.context.now())
  }

  /** Whether an entry depends on everything that was asked for. */
  protected covers(stored: readonly string[], asked: readonly string[]): boolean {
    return asked.every((name) => stored.includes(name))
  }

  protected isCurrent({ names, generations }: StoredEntry, readings: ReadonlyMap<string, Reading>): boolean {
    return names.every((name, index) => {
      const { generation, isMarked } = readings.get(name)!
      return !isMarked && generation === generations[index]
    })
  }

  protected vectorOf(names: readonly string[], readings: ReadonlyMap<string, Reading>): ReferenceVector {
    const read = names.map((name) => readings.get(name)!)
    const generations = read.map(({ generation }) => generation)
    return { id: generations.join(), usable: !read.some(({ isMarked }) => isMarked), names, generations }
  }

  protected entryOf(record: EntryRecord, vector: Vector): StoredEntry {
    const { names, generations } = vector as ReferenceVector
    return { record, names, generations }
  }

  protected mark(space: Space, tags: readonly string[], id: string, ms: number): void {
    const now = this.context.now()
    for (const name of this.ownNamesOf(space, tags)) this.server.mark(name, id, now + ms, now)
  }

  protected unmark({ space, tags, id }: Mark): void {
    for (const name of this.ownNamesOf(space, tags)) this.server.unmark(name, id, this.context.now())
  }

  protected renew(space: Space, tags: readonly string[]): void {
    for (const name of this.ownNamesOf(space, tags)) this.server.renew(name, this.context.now())
  }
}

export type { Mark }

function isMark(intent: Intent): intent is Mark {
  return 'id' in intent
}

function found(entry: StoredEntry): Entry {
  const { copy, storedAt, expiresAt, loadMs } = entry.record
  const { names, generations } = entry
  const vector: ReferenceVector = { id: generations.join(), usable: true, names, generations }
  return { status: 'found', copy, vector, storedAt, expiresAt, loadMs }
}
