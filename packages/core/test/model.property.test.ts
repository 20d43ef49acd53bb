import { testCache, type FakeClock } from '@freshet/testing'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Cache } from '../src/cache.js'
import { memoryStore } from '../src/memory-store.js'
import type { StoreFactory } from '../src/store.js'
import { asyncStore } from './support/async-store.js'

const ttlMs = 1_000
const negativeTtlMs = 300

// A namespace is the names on the way to it.
const spaces = ['', 'x', 'x/y', 'z'] as const
type SpaceName = (typeof spaces)[number]

interface Place {
  readonly space: SpaceName
  readonly key: string
  readonly scope: string | undefined
}

type Step =
  | { readonly kind: 'get' | 'has' | 'delete'; readonly at: Place }
  | {
      readonly kind: 'set' | 'getOrSet'
      readonly at: Place
      readonly tags: readonly string[]
      readonly value: unknown
    }
  | {
      readonly kind: 'invalidate' | 'write' | 'roll back'
      readonly space: SpaceName
      readonly tags: readonly string[]
    }
  | { readonly kind: 'clear'; readonly space: SpaceName }
  | { readonly kind: 'advance'; readonly ms: number }

const at: fc.Arbitrary<Place> = fc.record({
  space: fc.constantFrom(...spaces),
  key: fc.constantFrom('a', 'b'),
  scope: fc.constantFrom(undefined, undefined, 'tenant'),
})
const space = fc.constantFrom(...spaces)
const tags = fc.subarray(['a', 'b', 'c'])
const value = fc.oneof(fc.jsonValue(), fc.constant(null), fc.constant([]))
const of = <Kind extends string>(...kinds: readonly Kind[]) => fc.constantFrom(...kinds)

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fc.record({ kind: of('get', 'has', 'delete'), at }) },
    { weight: 6, arbitrary: fc.record({ kind: of('set', 'getOrSet', 'getOrSet'), at, tags, value }) },
    { weight: 2, arbitrary: fc.record({ kind: of('invalidate', 'write', 'roll back'), space, tags }) },
    { weight: 1, arbitrary: fc.record({ kind: of('clear'), space }) },
    {
      weight: 1,
      arbitrary: fc.record({ kind: of('advance'), ms: fc.constantFrom(1, negativeTtlMs, ttlMs / 2) }),
    },
  ),
  { minLength: 20, maxLength: 60 },
)

interface Entry {
  readonly value: unknown
  readonly space: SpaceName
  readonly tags: readonly string[]
  /** What ends it: `tags`, and those of the expired entry that it took the place of. */
  readonly endedBy: readonly string[]
  readonly expiresAt: number
}

/** What the cache is held against: a Map in which a write removes what depends on it. */
class Model {
  readonly #entries = new Map<string, Entry>()
  readonly #clock: FakeClock

  constructor(clock: FakeClock) {
    this.#clock = clock
  }

  get(place: Place, asked: readonly string[] = []): Entry | undefined {
    const entry = this.#entries.get(idOf(place))
    const live = entry !== undefined && entry.expiresAt > this.#clock.now()
    return live && asked.every((tag) => entry.tags.includes(tag)) ? entry : undefined
  }

  set(place: Place, stored: readonly string[], given: unknown): void {
    const isNegative = given === null || (Array.isArray(given) && given.length === 0)
    const expiresAt = this.#clock.now() + (isNegative ? negativeTtlMs : ttlMs)
    this.#entries.set(idOf(place), {
      value: given,
      space: place.space,
      tags: stored,
      endedBy: stored,
      expiresAt,
    })
  }

  load(place: Place, asked: readonly string[], given: unknown): void {
    const expired = this.#entries.get(idOf(place))
    this.set(place, asked, given)
    if (expired === undefined || !asked.every((tag) => expired.tags.includes(tag))) return
    this.#entries.set(idOf(place), { ...this.#entries.get(idOf(place))!, endedBy: expired.endedBy })
  }

  delete(place: Place): boolean {
    return this.#entries.delete(idOf(place))
  }

  invalidate(within: SpaceName, written: readonly string[]): void {
    this.#remove(within, ({ endedBy }) => endedBy.some((tag) => written.includes(tag)))
  }

  clear(within: SpaceName): void {
    this.#remove(within, () => true)
  }

  #remove(within: SpaceName, isConcerned: (entry: Entry) => boolean): void {
    for (const [id, entry] of this.#entries) {
      const isInside = within === '' || entry.space === within || entry.space.startsWith(`${within}/`)
      if (isInside && isConcerned(entry)) this.#entries.delete(id)
    }
  }
}

const idOf = (place: Place): string => JSON.stringify(place)

const inside = (cache: Cache, name: SpaceName): Cache =>
  name === '' ? cache : name.split('/').reduce((outer, part) => outer.namespace(part), cache)

const scopeOf = ({ scope }: Place) => (scope === undefined ? {} : { scope })

async function hold(cache: Cache, clock: FakeClock, model: Model, step: Step): Promise<void> {
  switch (step.kind) {
    case 'get':
      expect(await inside(cache, step.at.space).get(step.at.key, scopeOf(step.at))).toEqual(
        model.get(step.at)?.value,
      )
      return
    case 'has':
      expect(await inside(cache, step.at.space).has(step.at.key, scopeOf(step.at))).toBe(
        model.get(step.at) !== undefined,
      )
      return
    case 'delete':
      // Whether there was an entry that could not be served any more is the store's affair.
      await inside(cache, step.at.space).delete(step.at.key, scopeOf(step.at))
      model.delete(step.at)
      return
    case 'set':
      await inside(cache, step.at.space).set(step.at.key, step.value, {
        tags: step.tags,
        ...scopeOf(step.at),
      })
      model.set(step.at, step.tags, step.value)
      return
    case 'getOrSet':
      return holdRead(cache, model, step)
    case 'invalidate':
      await inside(cache, step.space).invalidate(step.tags)
      model.invalidate(step.space, step.tags)
      return
    case 'write':
      await inside(cache, step.space).write(step.tags, () => undefined)
      model.invalidate(step.space, step.tags)
      return
    case 'roll back':
      await inside(cache, step.space)
        .write(step.tags, () => Promise.reject(new Error('rolled back')), { isRolledBack: () => true })
        .catch(() => undefined)
      return
    case 'clear':
      await inside(cache, step.space).clear()
      model.clear(step.space)
      return
    case 'advance':
      clock.advance(step.ms)
  }
}

async function holdRead(
  cache: Cache,
  model: Model,
  step: Step & { kind: 'set' | 'getOrSet' },
): Promise<void> {
  const expected = model.get(step.at, step.tags)
  let loaded = false
  const load = () => ((loaded = true), step.value)
  const options = { tags: step.tags, ...scopeOf(step.at) }
  const answer = await inside(cache, step.at.space).getOrSet(step.at.key, load, options)
  expect(loaded).toBe(expected === undefined)
  expect(answer).toEqual(expected === undefined ? step.value : expected.value)
  if (loaded) model.load(step.at, step.tags, step.value)
}

const stores: readonly [string, () => StoreFactory][] = [
  ['a memory store', memoryStore],
  ['a store that answers by promises', asyncStore],
]

describe.each(stores)('%s', (_, create) => {
  test('answers as a Map from which every write removes what depends on it: no less, and no more', async () => {
    const property = fc.asyncProperty(steps, async (list) => {
      const { cache, clock } = testCache({ store: create(), ttl: ttlMs, negativeTtl: negativeTtlMs })
      const model = new Model(clock)
      for (const step of list) await hold(cache, clock, model, step)
    })
    await fc.assert(property, { numRuns: Number(process.env['FRESHET_PROPERTY_RUNS'] ?? 300) })
  }, 300_000)
})
