import { Batch } from './batch.js'
import type {
  Cache,
  CacheKey,
  GetOrSetOptions,
  KeyOptions,
  Loader,
  MemoizeOptions,
  SetEntry,
  WriteOptions,
} from './cache.js'
import { copyOut } from './clone.js'
import type { Engine } from './engine.js'
import { withEngine } from './engine.js'
import { FreshetError } from './errors.js'
import { toKeyString } from './key.js'
import { isPromise, type MaybePromise, rejected, toPromise } from './maybe-promise.js'
import { assertArray, assertFunction, assertOptions, invalidOption, print } from './options.js'
import { isServerError } from './outcome.js'
import { policyOptionNames, policyResolver, resolvePolicy } from './policy.js'
import type { ReadRequest } from './read-request.js'
import { rememberSnapshot, tagsOfSnapshot } from './snapshots.js'
import { createSpace, wholeSpaceTag } from './space.js'
import type { Entry } from './store.js'
import { type UnderWay, writesUnderWay } from './under-way.js'
import { resolveSwitch } from './switch-options.js'

const keyOptionNames = ['scope'] as const
const getOrSetOptionNames = ['tags', 'scope', ...policyOptionNames] as const
const setOptionNames = [...getOrSetOptionNames, 'vector'] as const
const entryNames = ['key', 'value', ...setOptionNames] as const
const noTags: readonly string[] = Object.freeze([])

/** The public face over an engine: turns what users write into requests of the reader and the writer. */
export function createFace(engine: Engine, close: () => Promise<void>): Cache {
  const { reader, writer, store, counters, events, tagNames, space, closing, switches } = engine

  const tagsOf = (options: { readonly tags?: readonly string[] } | undefined): readonly string[] =>
    options?.tags === undefined ? noTags : tagNames.resolveRead(options.tags)

  const policyOf = policyResolver(engine.policy)
  const toRequest = (
    key: string,
    load: ReadRequest['load'],
    options: GetOrSetOptions | undefined,
  ): ReadRequest => ({
    space,
    key: options?.scope === undefined ? key : scopedKey(key, options.scope),
    dependencies: { tags: tagsOf(options) },
    policy: options === undefined ? engine.policy : policyOf(options),
    load,
    isOwnLoader: true,
  })

  const cache: Cache = {
    async get<T>(key: CacheKey, options?: KeyOptions) {
      const peeked = reader.peek(space, fullKey(key, options))
      // An await costs as much as all the rest of a hit from memory.
      const entry = isPromise(peeked) ? await peeked : peeked
      if (entry === undefined) counters.misses++
      else counters.hits++
      return entry === undefined ? undefined : (valueOf(entry) as T)
    },

    async set(key, value, options) {
      checkOptions('set()', options, setOptionNames)
      const request = toRequest(toKeyString(key), noLoad, options)
      const vector = options?.vector
      const asked = request.dependencies.tags
      const tags = vector === undefined ? asked : tagsOfSnapshot(vector, store, space, asked)
      if (value === undefined)
        throw new FreshetError(
          'NOT_ENCODABLE',
          'undefined means "not there" and cannot be stored; use null, or delete() the key.',
        )
      if (!closing.aborted) await reader.put({ ...request, dependencies: { tags } }, value, vector)
    },

    async has(key, options) {
      return (await reader.peek(space, fullKey(key, options))) !== undefined
    },

    async delete(key, options) {
      return reader.delete(space, fullKey(key, options))
    },

    async getMany<T>(keys: readonly CacheKey[], options?: KeyOptions) {
      assertArray('getMany()', 'keys', keys)
      return Promise.all(keys.map((key) => cache.get<T>(key, options)))
    },

    async setMany(entries: readonly SetEntry[]) {
      assertArray('setMany()', 'entries', entries)
      for (const entry of entries) assertOptions('An entry of setMany()', entry, entryNames)
      await Promise.all(entries.map(({ key, value, ...options }) => cache.set(key, value, options)))
    },

    getOrSet<T>(key: CacheKey, loader: Loader<T>, options?: GetOrSetOptions) {
      // Not `async`: that would put another promise around the one that there is.
      try {
        assertFunction('getOrSet()', 'loader', loader)
        checkOptions('getOrSet()', options, getOrSetOptionNames)
        return toPromise(reader.read(toRequest(toKeyString(key), loader, options)) as MaybePromise<T>)
      } catch (cause) {
        return rejected(cause)
      }
    },

    async getOrSetMany<K extends CacheKey, T>(
      keys: readonly K[],
      loadMissing: (missing: K[]) => readonly T[] | Promise<readonly T[]>,
      options?: GetOrSetOptions,
    ) {
      assertArray('getOrSetMany()', 'keys', keys)
      assertFunction('getOrSetMany()', 'loader', loadMissing)
      checkOptions('getOrSetMany()', options, getOrSetOptionNames)
      const batch = new Batch(loadMissing)
      const requests = keys.map((key, place) => {
        const text = toKeyString(key)
        const request = toRequest(text, () => batch.add(text, key, place), options)
        return { ...request, isOneOfMany: true, isBatched: true }
      })
      const answers = reader.readMany(requests)
      const settled = Array.isArray(answers) ? answers : await answers
      batch.run()
      return (await Promise.all(settled)) as T[]
    },

    async invalidate(tags) {
      await writer.invalidate(space, tagNames.resolve(tags), 'invalidate()')
    },

    async write<T>(tags: readonly string[], run: () => T | Promise<T>, options?: WriteOptions) {
      assertFunction('write()', 'writing', run)
      checkOptions('write()', options, ['isRolledBack'])
      const isRolledBack = options?.isRolledBack
      if (isRolledBack !== undefined) assertFunction("The option 'isRolledBack'", 'judging', isRolledBack)
      const resolved = tagNames.resolve(tags)
      const underWay: UnderWay = {
        mayConcern: (asked: object | undefined) => asked === undefined || asked === store,
      }
      writesUnderWay.begin(underWay)
      try {
        const write = await writer.open(space, resolved)
        const result = await settle(run)
        if (result.ok) {
          await write.committed(resolved, 'write()')
          return result.value
        }
        if (judges(isRolledBack, result.error)) await write.rolledBack()
        // Its outcome is known, but `run` may have done more than the statement that failed.
        else if (isServerError(result.error)) await write.committed(resolved, 'write()')
        else await write.unknown(resolved, result.error)
        throw result.error
      } finally {
        writesUnderWay.end(underWay)
      }
    },

    async snapshot(tags) {
      const resolved = tagNames.resolveRead(tags)
      return rememberSnapshot(await reader.snapshot(space, resolved), store, space, resolved)
    },

    async clear() {
      await writer.invalidate(space, [wholeSpaceTag], 'clear()')
    },

    namespace(name, options) {
      checkOptions('namespace()', options, policyOptionNames)
      const policy = options === undefined ? engine.policy : resolvePolicy(options, engine.policy)
      const inner = {
        ...engine,
        policy,
        space: createSpace(name, space),
        databases: new Map<string, object>(),
      }
      return createFace(inner, close)
    },

    memoize<Args extends readonly unknown[], T>(
      fn: (...args: Args) => T | Promise<T>,
      options: MemoizeOptions<Args> = {},
    ) {
      assertFunction('memoize()', 'cacheable', fn)
      checkOptions('memoize()', options, [...getOrSetOptionNames, 'name', 'key'])
      const { name = fn.name, key, ...rest } = options
      if (name === '')
        throw invalidOption("memoize() needs the option 'name' for a function that has no name of its own.")
      const toKey = key ?? ((...args: Args) => args)
      assertFunction("The option 'key'", 'keying', toKey)
      return async (...args: Args) => cache.getOrSet([name, toKey(...args)], () => fn(...args), rest)
    },

    stats: () => counters.snapshot(store.size()),

    async switch(options) {
      await switches.apply(
        space,
        resolveSwitch(options, { tagNames, isWholeCache: space.prefixes.length === 1 }),
      )
    },

    get switches() {
      return switches.stateOf(space)
    },

    on: (name, listener) => events.on(name, listener),

    settled: () => reader.settled(),

    close,
  }
  return Object.freeze(withEngine(cache, engine))
}

const valueOf = (entry: Entry): unknown => copyOut(entry.copy.master, entry.copy.plan)

const noLoad = (): undefined => undefined

function fullKey(key: CacheKey, options: KeyOptions | undefined): string {
  checkOptions('The second argument', options, keyOptionNames)
  const plain = toKeyString(key)
  return options?.scope === undefined ? plain : scopedKey(plain, options.scope)
}

/** A scope's length in front keeps scope and key apart; an unscoped key starts with a letter, never a digit. */
function scopedKey(key: string, scope: unknown): string {
  if (typeof scope !== 'string')
    throw invalidOption(`The option 'scope' must be a string, but ${print(scope)} was given.`)
  return `${scope.length}@${scope}${key}`
}

function checkOptions(where: string, options: unknown, names: readonly string[]): void {
  if (options !== undefined) assertOptions(where, options, names)
}

/** A judge that fails has not proven anything. */
function judges(isRolledBack: WriteOptions['isRolledBack'], error: unknown): boolean {
  try {
    return isRolledBack?.(error) === true
  } catch {
    return false
  }
}

type Settled<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: unknown }

async function settle<T>(run: () => T | Promise<T>): Promise<Settled<T>> {
  try {
    return { ok: true, value: await run() }
  } catch (error) {
    return { ok: false, error }
  }
}
