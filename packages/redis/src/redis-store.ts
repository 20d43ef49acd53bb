import {
  createCodec,
  type Compression,
  createSigner,
  FreshetError,
  handOver,
  isPromise,
  type MaybePromise,
  type Absent,
  type AbsentReason,
  type Dependencies,
  type Dialect,
  type EntryRecord,
  type Intent,
  type Lookup,
  type Refusal,
  type Space,
  type Store,
  type StoreContext,
  type StoreFactory,
  type StoreSize,
  type Vector,
} from '@freshet/core/store'
import { withAdvice } from './advisor/with-advice.js'
import type { RedisClient } from './client.js'
import { Crowd, together } from './crowd.js'
import { Delivery } from './delivery.js'
import { Dialects } from './dialects.js'
import { FillLeases } from './fill-leases.js'
import { Intents } from './intents.js'
import { createKeys, handTag, isHandTag, type Keys, tagsWithin } from './keys.js'
import { Link } from './link.js'
import { Nonces } from './nonces.js'
import {
  type ResolvedRedisStoreOptions,
  resolveOptions,
  type RedisStoreOptions,
  validClient,
} from './options.js'
import { InOrder } from './in-order.js'
import { maxBodyBytes, type Payload, type PayloadFormat, payloadFormat } from './payload.js'
import { type PutEntry, putEntryOver } from './put-entry.js'
import { changesChannel } from './push/publishing.js'
import { KeyReader, type Reading, type Readings } from './readings.js'
import type { NodeRedis } from './node-redis/from-node-redis.js'
import type { BindingStore } from './near/near-store.js'
import { withNear } from './near/with-near.js'
import { withReplica } from './replicated/with-replica.js'
import { mintScript } from './scripts/mint.js'
import { readScript } from './scripts/read.js'
import { assertFits, assertHasCopies } from './topologies.js'
import { outdated } from './outdated.js'
import { toShare } from './to-share.js'
import { hasIntent, type Instant, RedisVector, stampOf, toServerMs } from './vector.js'
import { clientWire } from './wire.js'

/**
 * A store that processes share: entries and generations in one Redis server, a set that sentinels watch, or a cluster.
 *
 * The client is the user's: create it, listen to its errors, close it. While it is not connected, reads go to the database.
 *
 * @param client of ioredis 5 or 6 or iovalkey, `Redis` or `Cluster`; or of node-redis 4 or 5, `createClient()`, `createCluster()` or
 * `createSentinel()`
 * @throws FreshetError INVALID_OPTION, INVALID_DURATION
 * @example
 * const redis = new Redis(url)
 * const cache = createCache({ store: redisStore(redis), namespace: 'shop' })
 */
export function redisStore(client: RedisClient | NodeRedis, options: RedisStoreOptions = {}): StoreFactory {
  const wireClient = validClient(client)
  const resolved = resolveOptions(options)
  assertFits(resolved.topology, wireClient)
  const format = payloadFormat(
    createCodec({ types: resolved.types }),
    resolved.secret === undefined ? undefined : createSigner(resolved.secret),
  )
  return (context) => {
    const link = new Link(clientWire(wireClient), context, resolved)
    const keys = createKeys(resolved.prefix)
    const shareOver =
      (putEntry: PutEntry) =>
      (
        observe?: RedisStoreParts['observe'],
        onSettled: RedisStoreParts['onSettled'] = ignore,
      ): BindingStore =>
        new RedisStore({ link, keys, format, context, options: resolved, observe, onSettled, putEntry })
    const share = shareOver(putEntryOver(link))
    const { near: bounds } = context
    assertHasCopies(resolved.topology, bounds)
    const isReplicated = resolved.topology === 'replicated'
    const advised = (store: Store) =>
      withAdvice(store, { client: wireClient, link, keys, context, isReplicated, ...resolved })
    if (bounds === undefined) return advised(withoutNear(share(), context))
    const { silenceMs } = resolved
    const near = { client: wireClient, context, bounds, link, keys, silenceMs }
    return advised(isReplicated ? withReplica({ ...near, format, shareOver }) : withNear({ ...near, share }))
  }
}

/** @throws FreshetError UNSUPPORTED_CONSISTENCY for what can only be answered from this process */
function withoutNear(store: Store, { consistency }: StoreContext): Store {
  if (consistency.mode === 'strong') return store
  throw new FreshetError(
    'UNSUPPORTED_CONSISTENCY',
    `createCache() was given 'near: false' and a 'consistency' that is ${consistency.mode}, which is to answer from this process. Leave 'near' on, or 'consistency' strong.`,
  )
}

interface RedisStoreParts {
  readonly link: Link
  readonly keys: Keys
  readonly format: PayloadFormat
  readonly context: StoreContext
  readonly options: ResolvedRedisStoreOptions
  /** Sees each request for generations. */
  readonly observe: (() => (readings: Readings) => void) | undefined
  /** Told of keys that a change of others has changed as well. */
  readonly onSettled: (keys: readonly string[]) => void
  /** How an entry is stored. */
  readonly putEntry: PutEntry
}

class RedisStore implements Store {
  readonly name = 'redis'
  readonly writeLimitMs: number
  readonly fills?: FillLeases
  readonly #reader: KeyReader
  readonly #context: StoreContext
  readonly #link: Link
  readonly #keys: Keys
  readonly #format: PayloadFormat
  readonly #minter: KeyReader
  readonly #intents: Intents
  readonly #changes = new InOrder()
  readonly #dialects = new Dialects()
  readonly #hasNear: boolean
  readonly #putEntry: PutEntry
  readonly #compression: Compression | false
  readonly #maxBodyBytes: number
  #closed = false

  constructor({ link, keys, format, context, options, observe, onSettled, putEntry }: RedisStoreParts) {
    const nonces = new Nonces()
    const { leaseMs, maxWriteTimeMs: maxAgeMs, tagTtlMs, timeoutMs, writeTimeoutMs } = options
    const mintArgs = (some: readonly string[]) => [nonces.next(), tagTtlMs, ...this.#dialectsOf(some)]
    const delivery = new Delivery(link, context)
    this.writeLimitMs = writeTimeoutMs
    if (options.fill !== undefined) this.fills = new FillLeases({ link, keys, nonces, ...options.fill })
    this.#context = context
    this.#hasNear = observe !== undefined
    this.#putEntry = putEntry
    this.#compression = options.compression
    this.#maxBodyBytes = maxBodyBytes(context)
    this.#link = link
    this.#keys = keys
    this.#format = format
    this.#reader = new KeyReader({ link, context, script: readScript, args: () => [], observe })
    this.#minter = new KeyReader({ link, context, script: mintScript, args: mintArgs, observe })
    this.#intents = new Intents({
      delivery,
      context,
      keys,
      nonces,
      dialects: this.#dialects,
      onSettled,
      leaseMs,
      maxAgeMs,
      tagTtlMs,
      channel: changesChannel(link.wire.keyPrefix, keys.generationPrefix),
      openLimitMs: timeoutMs,
      closeLimitMs: writeTimeoutMs,
    })
  }

  claimsEnded(leaseKeys: readonly string[]): void {
    this.fills?.ended(leaseKeys)
  }

  speak(space: Space, dialects: ReadonlyMap<string, Dialect>): void {
    this.#dialects.speak(space, dialects)
  }

  lookup(space: Space, key: string, dependencies: Dependencies): MaybePromise<Lookup> {
    // Whoever keeps copies has one for several.
    if (this.#hasNear) return this.#lookup(space, key, dependencies)
    if (this.#link.isAway(this.#keys.prefix)) return unavailable
    const crowd = new Crowd(space, key, dependencies)
    return this.together(crowd, async () => {
      const found = await this.#lookup(space, key, dependencies)
      return crowd.readers === 1 ? found : toShare(found)
    })
  }

  together(crowd: Crowd, look: () => Promise<Lookup>): Promise<Lookup> {
    return together(this.#reader, crowd, look)
  }

  async #lookup(space: Space, key: string, { tags, late }: Dependencies): Promise<Lookup> {
    if (this.#closed) return unavailable
    const identity = space.prefix + key
    const entryKey = this.#keys.entry(identity)
    const names = this.#namesOf(space, tags)
    const withClocks = late === undefined ? names : [...names, ...within(space, late.clocks)]
    const readings = await this.#reader.read([entryKey, ...withClocks.map(this.#keys.generation)])
    const entry = readings.get(entryKey)
    const all = this.#readingsOf(withClocks, readings)
    if (entry === undefined || all === undefined) return unavailable
    const asked = all.slice(0, names.length)
    const payload = this.#payload(entryKey, entry, identity)
    if (payload === undefined) return await this.#absent('missing', withClocks, all)
    let old: ReturnType<typeof outdated>
    if (isCurrent(payload, names, asked)) {
      const more = await this.#readMore(payload, names)
      if (more === undefined) return unavailable
      if (isCurrent(payload, more.names, more.readings)) {
        const found = await this.#decoded(payload, entry, this.#vectorOf(payload, entry, names, asked))
        if (found !== undefined) return found
      }
      old = outdated(payload, entry, more.names, more.readings)
    } else old = outdated(payload, entry, names, asked)
    return await this.#absent('invalidated', withClocks, all, { loadMs: payload.header.loadMs, ...old })
  }

  /** What an entry is stored under; with near copies also what tells of changes by hand. */
  #namesOf(space: Space, tags: readonly string[]): readonly string[] {
    const names = tagsWithin(space, tags)
    return this.#hasNear ? [...names, space.prefix + handTag] : names
  }

  async snapshot(space: Space, tags: readonly string[]): Promise<Vector> {
    if (this.#closed) return unusable
    const names = this.#namesOf(space, tags)
    const readings = await this.#reader.read(names.map(this.#keys.generation))
    const asked = this.#readingsOf(names, readings)
    return (asked && (await this.#vector(names, asked))) ?? unusable
  }

  async bind(
    space: Space,
    before: Vector,
    tags: readonly string[],
    clocks: readonly string[],
  ): Promise<Vector> {
    if (this.#closed || !(before instanceof RedisVector) || !before.usable) return unusable
    if (!within(space, clocks).every((name) => before.names.includes(name))) return unusable
    const asked = this.#namesOf(space, tags)
    const late = asked.filter((name) => !before.names.includes(name))
    const bound = this.#readingsOf(late, await this.#minter.read(late.map(this.#keys.generation)))
    if (bound === undefined || bound.some(({ value }) => value === undefined || hasIntent(value)))
      return unusable
    const wary = [...before.wary, ...this.#dialects.clocksBeside(late, bound)]
    if (!wary.every((name) => before.names.includes(name))) return unusable
    const names = [...new Set([...asked, ...wary])]
    // After the others: what changed before these were read has changed a clock that is read now.
    const again = this.#readingsOf(
      before.names,
      await this.#reader.read(before.names.map(this.#keys.generation)),
    )
    if (again === undefined || !hasStayed(before, again)) return unusable
    const stamps = new Map(before.names.map((name, index) => [name, before.stamps[index]!]))
    late.forEach((name, index) => stamps.set(name, stampOf(bound[index]!)))
    return new RedisVector(
      names,
      names.map((name) => stamps.get(name)!),
      true,
      before.at,
      wary,
    )
  }

  put(space: Space, key: string, record: EntryRecord, vector: Vector): Promise<void> | undefined {
    if (this.#closed || !(vector instanceof RedisVector) || !vector.usable) return undefined
    const { keepUntil = record.expiresAt } = record
    const ttlMs = Math.ceil(keepUntil - this.#context.now())
    if (ttlMs <= 0) return undefined
    const identity = space.prefix + key
    const offsetMs = toServerMs(vector.at)
    const header = {
      identity,
      names: vector.names,
      stamps: vector.stamps,
      readAtMicros: vector.at.serverMicros,
      storedAt: record.storedAt + offsetMs,
      expiresAt: record.expiresAt + offsetMs,
      loadMs: record.loadMs,
    }
    const body = this.#format.encode(record.copy.master)
    if (body.length > this.#maxBodyBytes) return this.#refuse(identity, 'too-large', body.length)
    const entryKey = this.#keys.entry(identity)
    const { compression = this.#compression } = record
    return this.#changes.run(entryKey, async () => {
      const byHand = record.byHand === true
      const payload = await this.#format.write(header, body, compression)
      await this.#putEntry({ space, entryKey, payload, ttlMs, byHand })
      if (byHand) await this.bump(space, [handTag])
    })
  }

  async delete(space: Space, key: string): Promise<boolean> {
    if (this.#closed) return false
    const entryKey = this.#keys.entry(space.prefix + key)
    return await this.#changes.run(entryKey, async () => {
      const count = await this.#link.command('del', entryKey)
      await this.bump(space, [handTag])
      return count === 1
    })
  }

  openIntent(space: Space, tags: readonly string[]): Promise<Intent> {
    return this.#intents.open(space, tags)
  }

  renewIntent(intent: Intent): Promise<void> | undefined {
    return this.#intents.renew(intent)
  }

  closeIntent(intent: Intent, bumped: readonly string[]): Promise<void> {
    return this.#intents.close(intent, bumped)
  }

  bump(space: Space, tags: readonly string[]): Promise<void> {
    return this.#intents.bump(space, tags)
  }

  hold(intent: Intent, tags: readonly string[], ms: number): Promise<void> {
    return this.#intents.hold(intent, tags, ms)
  }

  /** Of what is in this process, which is nothing: what Redis holds belongs to everybody. */
  size(): StoreSize {
    return { entries: 0, bytes: 0, tags: 0 }
  }

  /**
   * Entries are neither read nor written any more. What is written to the database still is, also by others' caches of it:
   * marks and new generations go out as long as the client, which is the user's, is connected.
   */
  close(): void {
    this.#closed = true
  }

  /** In the order of `names`; `undefined` if one of them could not be read. */
  #readingsOf(
    names: readonly string[],
    readings: ReadonlyMap<string, Reading>,
  ): readonly Reading[] | undefined {
    const found: Reading[] = []
    for (const name of names) {
      const reading = readings.get(this.#keys.generation(name))
      if (reading === undefined) return undefined
      found.push(reading)
    }
    return found
  }

  #payload(entryKey: string, { value }: Reading, identity: string): Payload | undefined {
    if (value === undefined) return undefined
    try {
      const payload = this.#format.read(value, identity)
      const refusal = payload.refusal(this.#maxBodyBytes)
      // Others can read it, so it stays.
      return refusal === undefined ? payload : this.#refuse(identity, refusal, value.length)
    } catch (cause) {
      this.#discard(entryKey, cause)
      return undefined
    }
  }

  #refuse(key: string, reason: Refusal, bytes: number): undefined {
    this.#context.refused?.({ key, reason, bytes })
    return undefined
  }

  /** What an entry depends on besides what was asked for, which its header names; `undefined` if that could not be read. */
  async #readMore({ header }: Payload, names: readonly string[]) {
    const more = header.names.filter((name) => !names.includes(name) && !isHandTag(name))
    if (more.length === 0) return { names: none, readings: [] }
    const readings = this.#readingsOf(more, await this.#reader.read(more.map(this.#keys.generation)))
    return readings && { names: more, readings }
  }

  /** Of an entry that is there now, whatever was changed by hand before. */
  #vectorOf(
    { header }: Payload,
    entry: Reading,
    names: readonly string[],
    asked: readonly Reading[],
  ): Vector {
    const at = names.findIndex(isHandTag)
    const tags = header.names.filter((name) => !isHandTag(name))
    const stamps = header.stamps.filter((_, index) => !isHandTag(header.names[index]!))
    if (at >= 0 && asked[at]!.value !== undefined) {
      tags.push(names[at]!)
      stamps.push(stampOf(asked[at]!))
    }
    return new RedisVector(tags, stamps, true, instantOf(entry))
  }

  async #decoded(
    { header, value, bytes }: Payload,
    entry: Reading,
    vector: Vector,
  ): Promise<Lookup | undefined> {
    const offsetMs = toServerMs(entry)
    try {
      const decoded = value()
      const found = isPromise(decoded) ? await decoded : decoded
      return {
        status: 'found',
        copy: handOver(found, bytes),
        vector,
        storedAt: header.storedAt - offsetMs,
        expiresAt: header.expiresAt - offsetMs,
        loadMs: header.loadMs,
      }
    } catch (cause) {
      this.#discard(this.#keys.entry(header.identity), cause)
      return undefined
    }
  }

  #discard(entryKey: string, cause: unknown): void {
    this.#context.failed('read entry', cause)
    const remove = () => this.#link.command('del', entryKey)
    this.#changes.run(entryKey, remove).catch((error: unknown) => this.#context.failed('delete entry', error))
  }

  async #absent(
    reason: AbsentReason,
    names: readonly string[],
    asked: readonly Reading[],
    more?: Pick<Absent, 'loadMs' | 'outdated'>,
  ): Promise<Absent> {
    const vector = await this.#vector(names, asked)
    if (vector === undefined) return unavailable
    const absent = { reason: vector.usable ? reason : 'held', vector, holdsClocks: true } as const
    return { status: 'absent', ...absent, ...more }
  }

  /** What was read, and the clocks of tables that may be written in another dialect; `undefined` if these could not be read. */
  async #vector(names: readonly string[], read: readonly Reading[]): Promise<RedisVector | undefined> {
    const readings = await this.#withMinted(names, read)
    if (readings === undefined) return undefined
    const wary = this.#dialects.clocksBeside(names, readings)
    const more = wary.filter((name) => !names.includes(name))
    if (more.length === 0) return toVector(names, readings, wary)
    const asked = this.#readingsOf(more, await this.#reader.read(more.map(this.#keys.generation)))
    const clocks = asked && (await this.#withMinted(more, asked))
    return clocks && toVector([...names, ...more], [...readings, ...clocks], wary)
  }

  /** With fresh generations for the tags that have none. */
  async #withMinted(
    names: readonly string[],
    read: readonly Reading[],
  ): Promise<readonly Reading[] | undefined> {
    const missing = names.filter((_, index) => read[index]!.value === undefined)
    if (missing.length === 0) return read
    const minted = this.#readingsOf(missing, await this.#minter.read(missing.map(this.#keys.generation)))
    // With memory out there is no place for a generation either.
    if (minted === undefined || minted.some(({ value }) => value === undefined)) return undefined
    const byName = new Map(missing.map((name, index) => [name, minted[index]!]))
    return names.map((name, index) => byName.get(name) ?? read[index]!)
  }

  /** What new generations of these keys are to name; nothing where none of them names anything. */
  #dialectsOf(generationKeys: readonly string[]): readonly string[] {
    const { generationPrefix } = this.#keys
    const ids = generationKeys.map((key) => this.#dialects.idOf(key.slice(generationPrefix.length)) ?? '')
    return ids.some((id) => id !== '') ? ids : none
  }
}

function toVector(
  names: readonly string[],
  readings: readonly Reading[],
  wary: readonly string[],
): RedisVector {
  const usable = !readings.some(({ value }) => value !== undefined && hasIntent(value))
  return new RedisVector(names, readings.map(stampOf), usable, instantOf(readings[0]!), wary)
}

const none: readonly string[] = Object.freeze([])
const ignore = (): void => undefined

const within = (space: Space, tags: readonly string[]): readonly string[] =>
  space.prefixes.flatMap((prefix) => tags.map((tag) => prefix + tag))

/** Changes by hand are told of entries, not of what they depend on. */
function hasStayed({ names, stamps }: RedisVector, now: readonly Reading[]): boolean {
  return names.every((name, index) => {
    const reading = now[index]!
    if (isHandTag(name)) return true
    return stampOf(reading) === stamps[index] && !hasIntent(reading.value!)
  })
}

const instantOf = ({ serverMicros, localMs }: Reading): Instant => ({ serverMicros, localMs })

/**
 * Whether `names` have, as read, the stamps that the entry was stored under. What is missing, or marked, has none that was
 * ever stored.
 */
function isCurrent({ header }: Payload, names: readonly string[], readings: readonly Reading[]): boolean {
  return names.every((name, index) => {
    if (isHandTag(name)) return true
    const at = header.names.indexOf(name)
    return at >= 0 && header.stamps[at] === stampOf(readings[index]!)
  })
}

const unusable: Vector = Object.freeze({ id: '', usable: false })
const unavailable: Absent = Object.freeze({ status: 'absent', reason: 'unavailable', vector: unusable })
