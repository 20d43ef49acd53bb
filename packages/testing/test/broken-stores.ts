import { wholeSpaceTag } from '@freshet/core/store'
import type { Dependencies, Intent, Lookup, Space, Vector } from '@freshet/core/store'
import type { StorePromise } from '@freshet/testing'
import type { ReferenceStoreClass } from './reference-store/index.js'
import { NearCopies } from './reference-store/near-copies.js'
import { ReferenceStore, type Mark } from './reference-store/reference-store.js'
import { type Reading, Server, type StoredEntry } from './reference-store/server.js'

/** A store that breaks one promise, in one way. */
export interface BrokenStore {
  readonly rule: string
  readonly promise: StorePromise
  readonly Class?: ReferenceStoreClass
  readonly createServer?: () => Server
  /** Default `strong`. */
  readonly consistency?: 'bounded' | 'eventual'
}

class OneKeyForAllNamespaces extends ReferenceStore {
  protected override identityOf(_space: Space, key: string): string {
    return key
  }
}

class DeletesMore extends ReferenceStore {
  override async delete(space: Space, key: string): Promise<boolean> {
    this.server.entries.clear()
    return await super.delete(space, key)
  }
}

class StartsTimesAnew extends ReferenceStore {
  override async lookup(space: Space, key: string, dependencies: Dependencies): Promise<Lookup> {
    const found = await super.lookup(space, key, dependencies)
    return found.status === 'found' ? { ...found, expiresAt: found.expiresAt + 1_000 } : found
  }
}

class ComparesWhatIsAskedOnly extends ReferenceStore {
  #asked: readonly string[] = []

  protected override covers(stored: readonly string[], asked: readonly string[]): boolean {
    this.#asked = asked
    return super.covers(stored, asked)
  }

  protected override isCurrent(
    { names, generations }: StoredEntry,
    readings: ReadonlyMap<string, Reading>,
  ): boolean {
    return names.every((name, index) => {
      const { generation, isMarked } = readings.get(name)!
      return !isMarked && (generation === generations[index] || !this.#asked.includes(name))
    })
  }
}

class IgnoresWhatIsAsked extends ReferenceStore {
  protected override covers(): boolean {
    return true
  }
}

class IgnoresNamespacesAround extends ReferenceStore {
  protected override namesOf(space: Space, tags: readonly string[]): readonly string[] {
    return super.namesOf({ ...space, prefixes: [space.prefix] }, tags)
  }
}

class ForgetsBumps extends ReferenceStore {
  override async bump(): Promise<void> {}
}

class ChangesOnlyTheFirstTag extends ReferenceStore {
  protected override renew(space: Space, tags: readonly string[]): void {
    super.renew(space, tags.slice(0, 1))
  }
}

class ChangesOnlyWhatWasMarked extends ReferenceStore {
  override async closeIntent(intent: Intent, bumped: readonly string[]): Promise<void> {
    await super.closeIntent(
      intent,
      bumped.filter((tag) => intent.tags.includes(tag)),
    )
  }
}

class ReadsTheVectorLate extends ReferenceStore {
  protected override entryOf(...[record, vector]: Parameters<ReferenceStore['entryOf']>): StoredEntry {
    const { names } = super.entryOf(record, vector)
    const generations = names.map((name) => this.read(name).generation)
    return { record, names, generations }
  }
}

class CountsFromOneAgain extends Server {
  readonly #counts = new Map<string, number>()

  override renew(name: string, now: number): void {
    super.renew(name, now)
    this.#number(name)
  }

  override read(name: string, now: number): Reading {
    const isLost = !this.tags.has(name)
    const reading = super.read(name, now)
    if (!isLost) return reading
    this.#counts.delete(name)
    this.#number(name)
    return super.read(name, now)
  }

  #number(name: string): void {
    const count = (this.#counts.get(name) ?? 0) + 1
    this.#counts.set(name, count)
    this.tags.get(name)!.generation = count
  }
}

class TakesMissingForZero extends Server {
  override read(name: string, now: number): Reading {
    return this.tags.has(name) ? super.read(name, now) : { generation: 0, isMarked: false }
  }

  override mark(name: string, id: string, until: number, now: number): void {
    if (!this.tags.has(name)) this.tags.set(name, { generation: 0, marks: new Map() })
    super.mark(name, id, until, now)
  }
}

class ServesUnderMarks extends ReferenceStore {
  protected override isCurrent({ names, generations }: StoredEntry, readings: ReadonlyMap<string, Reading>) {
    return names.every((name, index) => readings.get(name)!.generation === generations[index])
  }
}

class StoresUnderMarks extends ReferenceStore {
  protected override vectorOf(...[names, readings]: Parameters<ReferenceStore['vectorOf']>) {
    const marks = names.flatMap((name) => [...(this.server.tags.get(name)?.marks.keys() ?? [])])
    return { ...super.vectorOf(names, readings), usable: !marks.some((id) => id.startsWith('held')) }
  }
}

class TakesAllMarksAway extends ReferenceStore {
  protected override unmark(mark: Mark): void {
    for (const name of this.ownNamesOf(mark.space, mark.tags)) {
      for (const id of this.server.tags.get(name)?.marks.keys() ?? [])
        if (!id.startsWith('held')) this.server.tags.get(name)!.marks.delete(id)
    }
  }
}

class BumpsTakeMarksAway extends ReferenceStore {
  override async bump(space: Space, tags: readonly string[]): Promise<void> {
    await super.bump(space, tags)
    for (const name of this.ownNamesOf(space, tags)) {
      const { marks } = this.server.tags.get(name)!
      for (const id of marks.keys()) if (!id.startsWith('held')) marks.delete(id)
    }
  }
}

class MarksTheFirstTagOnly extends ReferenceStore {
  override async openIntent(space: Space, tags: readonly string[]): Promise<Intent> {
    return { ...(await super.openIntent(space, tags.slice(0, 1))), tags }
  }
}

class KeepsDeadWritersMarks extends ReferenceStore {
  protected override mark(space: Space, tags: readonly string[], id: string, ms: number): void {
    super.mark(space, tags, id, id.startsWith('held') ? ms : Infinity)
  }
}

class IgnoresHolds extends ReferenceStore {
  override async hold(intent: Intent, tags: readonly string[]): Promise<void> {
    await this.closeIntent(intent, tags)
  }
}

class WritesEndHolds extends ReferenceStore {
  override async closeIntent(intent: Intent, bumped: readonly string[]): Promise<void> {
    await super.closeIntent(intent, bumped)
    for (const name of this.ownNamesOf(intent.space, bumped)) {
      const { marks } = this.server.tags.get(name)!
      for (const id of marks.keys()) if (id.startsWith('held')) marks.delete(id)
    }
  }
}

class HoldsWithoutAMarkAreNone extends ReferenceStore {
  override async hold(intent: Intent, tags: readonly string[], ms: number): Promise<void> {
    if ('id' in intent) await super.hold(intent, tags, ms)
  }
}

class ChangesOvertake extends ReferenceStore {
  #underWay = 0

  override async put(...given: Parameters<ReferenceStore['put']>): Promise<void> {
    // The first one takes longest, and a delete is faster than any.
    const turns = 9 - 3 * this.#underWay++
    for (let turn = 0; turn < turns; turn++) await Promise.resolve()
    await super.put(...given)
    this.#underWay--
  }
}

class TrustsItsCopies extends NearCopies {
  override find(identity: string): StoredEntry | undefined {
    const copy = super.find(identity)
    const isMarked = copy?.names.some((name) => this.server.read(name, this.context.now()).isMarked)
    return isMarked === true ? undefined : copy
  }

  protected override get isKept(): boolean {
    return true
  }

  protected override mayServe(): boolean {
    return true
  }

  protected override onPush(): void {}
}

class KeepsCopiesWhenStrong extends ReferenceStore {
  protected override createCopies(
    ...[server, context]: Parameters<ReferenceStore['createCopies']>
  ): NearCopies {
    return new TrustsItsCopies(server, context)
  }
}

class OnlyPushesCount extends NearCopies {
  protected override mayServe(): boolean {
    return true
  }
}

class CopiesHaveNoAge extends ReferenceStore {
  protected override createCopies(
    ...[server, context]: Parameters<ReferenceStore['createCopies']>
  ): NearCopies {
    return new OnlyPushesCount(server, context)
  }
}

class DeafCopies extends NearCopies {
  protected override onPush(): void {}
}

class DoesNotListen extends ReferenceStore {
  protected override createCopies(
    ...[server, context]: Parameters<ReferenceStore['createCopies']>
  ): NearCopies {
    return new DeafCopies(server, context)
  }
}

class JoinsSentRequests extends ReferenceStore {
  readonly #asked = new Map<string, Promise<unknown>>()

  override lookup(space: Space, key: string, dependencies: Dependencies): Promise<Lookup> {
    return this.#join(`lookup ${space.prefix} ${key} ${dependencies.tags.join()}`, () =>
      super.lookup(space, key, dependencies),
    )
  }

  override snapshot(space: Space, tags: readonly string[]): Promise<Vector> {
    return this.#join(`snapshot ${space.prefix} ${tags.join()}`, () => super.snapshot(space, tags))
  }

  #join<T>(question: string, ask: () => Promise<T>): Promise<T> {
    const asked = this.#asked.get(question) as Promise<T> | undefined
    if (asked !== undefined) return asked
    const answer = ask().finally(() => this.#asked.delete(question))
    this.#asked.set(question, answer)
    return answer
  }
}

class DoesNotKnowWhatItNeverHad extends ReferenceStore {
  override async lookup(space: Space, key: string, dependencies: Dependencies): Promise<Lookup> {
    const found = await super.lookup(space, key, dependencies)
    return found.status === 'found' ? found : { ...found, reason: 'invalidated' }
  }
}

class ClearsAllAtEachWrite extends ReferenceStore {
  override async closeIntent(intent: Intent, bumped: readonly string[]): Promise<void> {
    await super.closeIntent(intent, bumped.length === 0 ? bumped : [wholeSpaceTag, ...bumped])
  }
}

class GivesEveryVectorAnId extends ReferenceStore {
  #count = 0

  protected override vectorOf(...given: Parameters<ReferenceStore['vectorOf']>) {
    return { ...super.vectorOf(...given), id: String(++this.#count) }
  }
}

class TakesEndsForChanges extends ReferenceStore {
  protected override unmark(mark: Mark): void {
    super.unmark(mark)
    this.renew(mark.space, mark.tags)
  }
}

class NeverStoresAgain extends ReferenceStore {
  readonly #outdated = new Set<string>()

  override async bump(space: Space, tags: readonly string[]): Promise<void> {
    for (const identity of this.server.entries.keys()) this.#outdated.add(identity)
    await super.bump(space, tags)
  }

  override async put(...given: Parameters<ReferenceStore['put']>): Promise<void> {
    const [space, key] = given
    if (!this.#outdated.has(this.identityOf(space, key))) await super.put(...given)
  }
}

class NeverTheSameAfterALoss extends Server {
  #had = false
  #lost = false

  override read(name: string, now: number): Reading {
    if (this.#had && this.tags.size === 0) this.#lost = true
    this.#had = true
    if (this.#lost) this.renew(name, now)
    return super.read(name, now)
  }
}

class HoldsEverything extends ReferenceStore {
  override async hold(intent: Intent, tags: readonly string[], ms: number): Promise<void> {
    await super.hold(intent, [wholeSpaceTag, ...tags], ms)
  }
}

class DeletesLate extends ReferenceStore {
  override async delete(space: Space, key: string): Promise<boolean> {
    for (let turn = 0; turn < 9; turn++) await Promise.resolve()
    return await super.delete(space, key)
  }
}

class KeepsToItself extends ReferenceStore {
  static #count = 0
  readonly #own = `${++KeepsToItself.#count} `

  protected override identityOf(space: Space, key: string): string {
    return this.#own + super.identityOf(space, key)
  }
}

/** At least one for each promise that is asked of the store itself. */
export const brokenStores: readonly BrokenStore[] = [
  { rule: 'one key for all namespaces', promise: 'what was stored', Class: OneKeyForAllNamespaces },
  { rule: 'deletes more than it was asked to', promise: 'what was stored', Class: DeletesMore },
  { rule: 'gives other times than it was given', promise: 'what was stored', Class: StartsTimesAnew },
  {
    rule: 'compares only the tags that are asked for',
    promise: 'complete vectors',
    Class: ComparesWhatIsAskedOnly,
  },
  { rule: 'ignores which tags are asked for', promise: 'complete vectors', Class: IgnoresWhatIsAsked },
  { rule: 'ignores the namespaces around', promise: 'complete vectors', Class: IgnoresNamespacesAround },
  { rule: 'forgets bumps', promise: 'fresh after a change', Class: ForgetsBumps },
  { rule: 'changes the first tag only', promise: 'fresh after a change', Class: ChangesOnlyTheFirstTag },
  { rule: 'changes only what was marked', promise: 'fresh after a change', Class: ChangesOnlyWhatWasMarked },
  { rule: 'reads the vector when it stores', promise: 'late puts', Class: ReadsTheVectorLate },
  {
    rule: 'takes a missing generation for zero',
    promise: 'lost generations',
    createServer: () => new TakesMissingForZero(),
  },
  {
    rule: 'counts from one again after a loss',
    promise: 'lost generations',
    createServer: () => new CountsFromOneAgain(),
  },
  { rule: 'serves under a mark', promise: 'intents', Class: ServesUnderMarks },
  { rule: 'stores under a mark', promise: 'intents', Class: StoresUnderMarks },
  { rule: "takes others' marks away", promise: 'intents', Class: TakesAllMarksAway },
  { rule: 'takes marks away with new generations', promise: 'intents', Class: BumpsTakeMarksAway },
  { rule: 'marks the first tag only', promise: 'intents', Class: MarksTheFirstTagOnly },
  { rule: 'keeps the marks of dead writers', promise: 'intents', Class: KeepsDeadWritersMarks },
  { rule: 'ignores holds', promise: 'holds', Class: IgnoresHolds },
  { rule: 'ends a hold with the next write', promise: 'holds', Class: WritesEndHolds },
  { rule: 'ignores a hold without a mark', promise: 'holds', Class: HoldsWithoutAMarkAreNone },
  { rule: 'lets changes of a key overtake one another', promise: 'order of changes', Class: ChangesOvertake },
  {
    rule: 'serves its own copies without asking',
    promise: 'strong across processes',
    Class: KeepsCopiesWhenStrong,
  },
  { rule: 'joins a request that has been sent', promise: 'requests of its own', Class: JoinsSentRequests },
  {
    rule: 'keeps copies until something is pushed',
    promise: 'bounded staleness',
    Class: CopiesHaveNoAge,
    consistency: 'bounded',
  },
  {
    rule: 'keeps copies although it is told nothing',
    promise: 'eventual freshness',
    Class: CopiesHaveNoAge,
    consistency: 'eventual',
  },
  { rule: 'does not listen', promise: 'eventual freshness', Class: DoesNotListen, consistency: 'eventual' },
  {
    rule: 'does not know what it has never had',
    promise: 'what was stored',
    Class: DoesNotKnowWhatItNeverHad,
  },
  { rule: 'clears all at each write', promise: 'complete vectors', Class: ClearsAllAtEachWrite },
  { rule: 'gives every vector an id of its own', promise: 'complete vectors', Class: GivesEveryVectorAnId },
  { rule: 'takes the end of a mark for a change', promise: 'complete vectors', Class: TakesEndsForChanges },
  {
    rule: 'never stores again what was outdated once',
    promise: 'fresh after a change',
    Class: NeverStoresAgain,
  },
  {
    rule: 'keeps nothing any more after a loss',
    promise: 'lost generations',
    createServer: () => new NeverTheSameAfterALoss(),
  },
  { rule: 'holds everything', promise: 'holds', Class: HoldsEverything },
  { rule: 'lets puts overtake deletes', promise: 'order of changes', Class: DeletesLate },
  { rule: 'keeps what it stores to itself', promise: 'strong across processes', Class: KeepsToItself },
]
