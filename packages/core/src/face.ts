import { Batch } from './batch.js'
import type {
  Cache,
  CacheKey,
  GetOrSetOptions,
  KeyOptions,
  Loader,
  MemoizeOptions,
  SetEntry,
  SetOptions,
  WriteOptions,
} from './cache.js'
import { copyOut } from './clone.js'
import type { Engine } from './engine.js'
import { withEngine } from './engine.js'
import { FreshetError } from './errors.js'
import { toKeyString } from './key.js'
import { assertOptions, invalidOption, print } from './options.js'
import { isServerError } from './outcome.js'
import { policyOptionNames, resolvePolicy } from './policy.js'
import type { ReadRequest } from './read.js'
import { createSpace, wholeSpaceTag } from './space.js'
import type { Entry, Vector } from './store.js'

const keyOptionNames = ['scope'] as const
const getOrSetOptionNames = ['tags', 'scope', ...policyOptionNames] as const
const setOptionNames = [...getOrSetOptionNames, 'vector'] as const
const noTags: readonly string[] = Object.freeze([])

/** The public face over an engine: turns what users write into requests of the reader and the writer. */
export function createFace(engine: Engine, abort: () => void): Cache {
  const { reader, writer, store, counters, events, tagNames, space, closing } = engine

  const tagsOf = (options: { readonly tags?: readonly string[] } | undefined): readonly string[] =>
    options?.tags === undefined ? noTags : tagNames.resolve(options.tags)

  const toRequest = (
    key: string,
    load: ReadRequest['load'],
    options: GetOrSetOptions | undefined,
  ): ReadRequest => ({
    space,
    key: options?.scope === undefined ? key : scopedKey(key, options.scope),
    tags: tagsOf(options),
    policy: options === undefined ? engine.policy : resolvePolicy(options, engine.policy),
    load,
  })

  const cache: Cache = {
    async get<T>(key: CacheKey, options?: KeyOptions) {
      const entry = await reader.peek(space, fullKey(key, options))
      if (entry === undefined) counters.misses++
      else counters.hits++
      return entry === undefined ? undefined : (valueOf(entry) as T)
    },

    async set(key, value, options) {
      checkOptions('set()', options, setOptionNames)
      const request = toRequest(toKeyString(key), noLoad, options)
      if (closing.aborted) return
      if (value === undefined)
        throw new FreshetError(
          'NOT_ENCODABLE',
          'undefined means "not there" and cannot be stored; use null, or delete() the key.',
        )
      // Taken before the loads of this key are told off, so that none of them can slip in between.
      const vector = options?.vector ?? (await store.snapshot(space, request.tags))
      assertVector(vector)
      reader.supersede(space, request.key)
      await reader.put(request, value, vector)
    },

    async has(key, options) {
      return (await reader.peek(space, fullKey(key, options))) !== undefined
    },

    async delete(key, options) {
      const full = fullKey(key, options)
      reader.supersede(space, full)
      return await store.delete(space, full)
    },

    async getMany<T>(keys: readonly CacheKey[], options?: KeyOptions) {
      return Promise.all(keys.map((key) => cache.get<T>(key, options)))
    },

    async setMany(entries: readonly SetEntry[]) {
      await Promise.all(entries.map(({ key, value, ...options }) => cache.set(key, value, options)))
    },

    async getOrSet<T>(key: CacheKey, loader: Loader<T>, options?: GetOrSetOptions) {
      if (typeof loader !== 'function')
        throw invalidOption(`getOrSet() takes a loader function, but ${print(loader)} was given.`)
      if (options !== undefined) checkOptions('getOrSet()', options, getOrSetOptionNames)
      return reader.read(toRequest(toKeyString(key), loader, options)) as T
    },

    async getOrSetMany<K extends CacheKey, T>(
      keys: readonly K[],
      loadMissing: (missing: K[]) => readonly T[] | Promise<readonly T[]>,
      options?: GetOrSetOptions,
    ) {
      checkOptions('getOrSetMany()', options, getOrSetOptionNames)
      const batch = new Batch(loadMissing)
      const requests = keys.map((key) => toRequest(toKeyString(key), () => batch.add(key), options))
      const answers = reader.readMany(requests)
      const settled = Array.isArray(answers) ? answers : await answers
      batch.run()
      return (await Promise.all(settled)) as T[]
    },

    async invalidate(tags) {
      await writer.invalidate(space, tagNames.resolve(tags), 'invalidate()')
    },

    async write<T>(tags: readonly string[], run: () => T | Promise<T>, options?: WriteOptions) {
      checkOptions('write()', options, ['isRolledBack'])
      const resolved = tagNames.resolve(tags)
      const write = await writer.open(space, resolved)
      const result = await settle(run)
      if (result.ok) {
        await write.committed(resolved, 'write()')
        return result.value
      }
      if ((options?.isRolledBack ?? isServerError)(result.error)) await write.rolledBack()
      else await write.unknown(resolved, result.error)
      throw result.error
    },

    async snapshot(tags) {
      return store.snapshot(space, tagNames.resolve(tags))
    },

    async clear() {
      await writer.invalidate(space, [wholeSpaceTag], 'clear()')
    },

    namespace(name) {
      const inner = { ...engine, space: createSpace(name, space), databases: new Map<string, object>() }
      return createFace(inner, abort)
    },

    memoize<Args extends readonly unknown[], T>(
      fn: (...args: Args) => T | Promise<T>,
      options: MemoizeOptions<Args> = {},
    ) {
      checkOptions('memoize()', options, [...getOrSetOptionNames, 'name', 'key'])
      const { name = fn.name, key, ...rest } = options
      if (name === '')
        throw invalidOption("memoize() needs the option 'name' for a function that has no name of its own.")
      const toKey = key ?? ((...args: Args) => args)
      return async (...args: Args) => cache.getOrSet([name, toKey(...args)], () => fn(...args), rest)
    },

    stats: () => counters.snapshot(store.size()),

    on: (name, listener) => events.on(name, listener),

    async close() {
      if (closing.aborted) return
      abort()
      await store.close()
    },
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

function assertVector(vector: unknown): asserts vector is Vector {
  if (typeof vector === 'object' && vector !== null && typeof (vector as Vector).usable === 'boolean') return
  throw new FreshetError(
    'INVALID_VECTOR',
    `The option 'vector' must come from snapshot(), but ${print(vector)} was given.`,
  )
}

type Settled<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: unknown }

async function settle<T>(run: () => T | Promise<T>): Promise<Settled<T>> {
  try {
    return { ok: true, value: await run() }
  } catch (error) {
    return { ok: false, error }
  }
}
