import type { CodecType, Compression, CompressionOptions, Duration } from '@freshet/core/store'
import {
  assertOptions,
  defaultCompression,
  invalidOption,
  positiveInteger,
  print,
  resolveCompression,
  toMilliseconds,
} from '@freshet/core/store'
import { type AdviceOptions, type ResolvedAdviceOptions, resolveAdvice } from './advisor/options.js'
import type { RedisClient } from './client.js'
import { fromNodeRedis } from './node-redis/from-node-redis.js'
import { type Topology, validTopology } from './topologies.js'

export interface RedisStoreOptions {
  /**
   * What is kept where: `'near'`, copies of what this process reads in front of the servers; `'partitioned'`, the same over
   * the masters of a cluster; `'replicated'`, all of a small namespace in every process. Checked against the client; all
   * processes of a namespace should have the same. Default: copies unless `near` is `false`, over whatever client is given.
   */
  readonly topology?: Topology
  /**
   * What all keys begin with, after the client's own `keyPrefix`. Processes that share entries have the same. Default
   * `'freshet:'`.
   */
  readonly prefix?: string
  /** How long one command may take before the query goes on without it. Default `'500ms'`. */
  readonly timeout?: Duration
  /**
   * How long a write's acknowledgement waits for its invalidation to arrive, attempts included; what becomes of it then, the
   * cache's `onStoreDown` says. Default `'1500ms'`.
   */
  readonly writeTimeout?: Duration
  /**
   * How long a writer's mark lives after the writer has died; it is renewed while the writer lives. The database must end
   * every commit in less. Default `'30s'`.
   */
  readonly lease?: Duration
  /** How long a write may take until its mark is no longer renewed. Default `'10m'`. */
  readonly maxWriteTime?: Duration
  /** How long a generation is kept after its last change. Entries that depend on it live no longer. Default `'7d'`. */
  readonly tagTtl?: Duration
  /** Failures in a row after which a server that does not answer is left alone, and for how long. Default 5 and `'1s'`. */
  readonly breaker?: { readonly failures?: number; readonly retryAfter?: Duration }
  /**
   * Called when the client turns out to be connected to a server that is no master any more, once per `breaker.retryAfter`: nothing is cached
   * until it is connected to the master. Default: the client's own `reconnectOnError` is asked, if it has one.
   */
  readonly onDemoted?: () => void
  /**
   * How long a connection on which Redis pushes changes may be silent before it is not trusted any more: with `'eventual'`, nothing
   * older is served. Default `'3s'`.
   */
  readonly silence?: Duration
  /** Of an entry that several processes miss, one loads it and the others wait. `false`: every process loads for itself. */
  readonly fill?: FillOptions | false
  /** What is compressed on the way, unless a cache, a model or a call says otherwise; `false`: nothing. Default: what is above 4 KiB. */
  readonly compression?: CompressionOptions | false
  /** Classes beyond the built-in ones that values may hold, such as `decimalType(Prisma.Decimal)`. Default none. */
  readonly types?: readonly CodecType[]
  /** Signs entries, so that nobody else can write one: at least 16 bytes, the same in every process. Default: unsigned. */
  readonly secret?: string | Uint8Array
  /** What is looked at, some time after the start, to warn of servers and options that do not fit. `false`: nothing is. */
  readonly advice?: AdviceOptions | false
}

/** How long, at most, and for what one process waits for another one's load. */
export interface FillOptions {
  /**
   * Loads that took at least so long the last time are waited for; `0`: all, which costs each miss a request. What a quick load
   * would save is less than asking costs. Default `'20ms'`.
   */
  readonly from?: Duration
  /** How long a process is waited for that does not say that it has ended; it may have died. Default `'2s'`. */
  readonly lease?: Duration
  /** How long a reader waits for another process's load, and for the next one if tags were written meanwhile. Default `'2s'`. */
  readonly wait?: Duration
}

export interface ResolvedFill {
  readonly fromMs: number
  readonly leaseMs: number
  readonly waitMs: number
}

export interface ResolvedRedisStoreOptions {
  readonly topology: Topology | undefined
  readonly prefix: string
  readonly timeoutMs: number
  readonly writeTimeoutMs: number
  readonly leaseMs: number
  readonly maxWriteTimeMs: number
  readonly tagTtlMs: number
  readonly breakerFailures: number
  readonly breakerRetryMs: number
  readonly onDemoted: (() => void) | undefined
  readonly silenceMs: number
  /** `undefined`: every process loads for itself. */
  readonly fill: ResolvedFill | undefined
  readonly compression: Compression | false
  readonly types: readonly CodecType[]
  readonly secret: string | Uint8Array | undefined
  /** `undefined`: none is wanted. */
  readonly advice: ResolvedAdviceOptions | undefined
}

const names = [
  'topology',
  'prefix',
  'timeout',
  'writeTimeout',
  'lease',
  'maxWriteTime',
  'tagTtl',
  'breaker',
  'onDemoted',
  'silence',
  'fill',
  'compression',
  'types',
  'secret',
  'advice',
] as const

/** @throws FreshetError INVALID_OPTION, INVALID_DURATION */
export function resolveOptions(options: RedisStoreOptions): ResolvedRedisStoreOptions {
  assertOptions('redisStore()', options, names)
  const { breaker = {} } = options
  assertOptions("The option 'breaker'", breaker, ['failures', 'retryAfter'])
  return Object.freeze({
    topology: validTopology(options.topology),
    prefix: validPrefix(options.prefix ?? 'freshet:'),
    timeoutMs: toMilliseconds(options.timeout ?? '500ms', 'timeout'),
    writeTimeoutMs: toMilliseconds(options.writeTimeout ?? '1500ms', 'writeTimeout'),
    leaseMs: toMilliseconds(options.lease ?? '30s', 'lease', { min: 1_000 }),
    maxWriteTimeMs: toMilliseconds(options.maxWriteTime ?? '10m', 'maxWriteTime'),
    tagTtlMs: toMilliseconds(options.tagTtl ?? '7d', 'tagTtl'),
    breakerFailures: positiveInteger(breaker.failures ?? 5, 'breaker.failures'),
    breakerRetryMs: toMilliseconds(breaker.retryAfter ?? '1s', 'breaker.retryAfter'),
    onDemoted: validHook(options.onDemoted),
    silenceMs: toMilliseconds(options.silence ?? '3s', 'silence', { min: 100 }),
    fill: resolveFill(options.fill),
    compression:
      options.compression === undefined ? defaultCompression : resolveCompression(options.compression),
    types: options.types ?? [],
    secret: options.secret,
    advice: resolveAdvice(options.advice),
  })
}

function resolveFill(fill: FillOptions | false = {}): ResolvedFill | undefined {
  if (fill === false) return undefined
  assertOptions("The option 'fill'", fill, ['from', 'lease', 'wait'])
  return Object.freeze({
    fromMs: toMilliseconds(fill.from ?? '20ms', 'fill.from', { min: 0 }),
    leaseMs: toMilliseconds(fill.lease ?? '2s', 'fill.lease', { min: 10 }),
    waitMs: toMilliseconds(fill.wait ?? '2s', 'fill.wait'),
  })
}

function validHook(onDemoted: unknown): (() => void) | undefined {
  if (onDemoted === undefined || typeof onDemoted === 'function') return onDemoted as (() => void) | undefined
  throw invalidOption(`The option 'onDemoted' must be a function, but ${print(onDemoted)} was given.`)
}

function validPrefix(prefix: unknown): string {
  if (typeof prefix === 'string' && /^[^\u0000-\u001f\u007f]{1,128}$/.test(prefix)) return prefix
  throw invalidOption(
    `The option 'prefix' must be a string of 1 to 128 characters without control characters, but ${print(prefix)} was given.`,
  )
}

/**
 * The client, if it has the shape of ioredis's, or can be given it.
 *
 * @throws FreshetError INVALID_OPTION
 */
export function validClient(client: unknown): RedisClient {
  const { status, callBuffer, pipeline, on } = (client ?? {}) as Partial<Record<keyof RedisClient, unknown>>
  const isClient =
    typeof status === 'string' && [callBuffer, pipeline, on].every((method) => typeof method === 'function')
  if (isClient) return client as RedisClient
  const adapted = typeof client === 'object' && client !== null ? fromNodeRedis(client) : undefined
  if (adapted !== undefined) return adapted
  throw invalidOption(
    `redisStore() takes a client of ioredis or iovalkey, new Redis(…) or new Cluster(…), or of node-redis, createClient(), createCluster() or createSentinel(), but ${print(client)} was given.`,
  )
}
