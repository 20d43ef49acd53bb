import { FreshetError } from '@freshet/core'
import { encodeCanonical } from '@freshet/core/adapter'
import type { Binding } from './binding.js'
import { bind } from './binding.js'
import { cacheInfo } from './client/cache-info.js'
import { withCacheOptions } from './client/cached-client.js'
import { passagesOf } from './client/passages.js'
import { hookRequests } from './client/execution.js'
import type { ClientFacts, PrismaClientLike, PrismaExtension } from './client/prisma-client.js'
import { computedFieldsOf, dialectOf, readClientFacts } from './client/prisma-client.js'
import { createReadHook, type ReadHook } from './client/read-hook.js'
import type { FreshetOptions, ResolvedOptions } from './options.js'
import { precisionOptions, resolveModels, resolveOptions } from './options.js'
import type { DataModel } from './schema/data-model.js'
import { readDataModel } from './schema/read-data-model.js'
import { tapOn } from './tap/tap.js'
import type { FreshetExtension } from './types/extension.js'

/**
 * The extension that caches a Prisma client's reads and invalidates them by its writes.
 *
 * Reads of every model are cached unless the model, the defaults or the read itself say otherwise. Reads
 * inside transactions go to the database. What is written through the client, in whatever form, stops
 * exactly the cached reads that it could change, once it is committed and before it is acknowledged.
 *
 * @throws FreshetError INVALID_OPTION, INVALID_DURATION at once; and when it is added to a client
 * UNSUPPORTED_CLIENT, WRITES_NOT_VISIBLE, ALREADY_INSTALLED, SECOND_DATABASE.
 * @example
 * const prisma = new PrismaClient({ adapter }).$extends(freshet({ cache: createCache() }))
 */
export function freshet<Client = unknown>(options: FreshetOptions): FreshetExtension<Client> {
  const resolved = resolveOptions(options)
  const extension = (client: unknown) => install(client, resolved)
  return extension as unknown as FreshetExtension<Client>
}

const installed = new WeakSet<object>()

function install(client: unknown, options: ResolvedOptions): PrismaClientLike {
  const facts = readClientFacts(client)
  if (installed.has(client as object)) throw alreadyInstalled()
  dialectOf(facts.factory)
  const dataModel = dataModelOf(facts)
  const policyOf = resolveModels(options, dataModel)
  const tap = tapOn(facts.factory)
  const { engine, dependsOn, database } = options
  const precision = precisionOptions(options)
  const binding = bind(tap, engine, dataModel, { dependsOn, database, precision })
  for (const gap of dataModel.gaps)
    engine.events.emit('widened', { reason: 'the schema is not fully known', detail: gap })
  const parts = {
    engine,
    binding,
    tap,
    passages: passagesOf(facts.original, tap),
    connect: () => connect(facts.original),
    policyOf,
    scope: options.scope,
  }
  const identity = `${dataModel.schemaHash}|${database ?? ''}|${encodeCanonical(facts.globalOmit) ?? ''}`
  const hookWith = remembered((computedFields) =>
    createReadHook({
      ...parts,
      client: { globalOmit: facts.globalOmit, computesFields: computedFields !== '' },
      identity: `${identity}|${computedFields}`,
    }),
  )
  const components = {
    model: { $allModels: { invalidateCache: invalidateCacheOf(binding, dataModel) } },
    client: {
      $cache: options.cache,
      $cacheInfo: cacheInfo,
      $cached(this: object, asked: never) {
        return withCacheOptions(this, asked)
      },
    },
  }
  const extending = client as PrismaClientLike
  return layer(extending, {
    extension: { name: 'freshet', ...components },
    hookFor: (parent) => hookWith(computedFieldsOf(parent, dataModel.models.keys())),
    extend: extending.$extends,
  })
}

/** A client that cannot connect says why when it is asked something. */
async function connect(client: object): Promise<void> {
  try {
    await (client as { $connect(): Promise<void> }).$connect()
  } catch {
    return
  }
}

const dataModels = new WeakMap<object, DataModel>()

/** Read once for each generated client: an application may extend a client per request (measured: 3 ms). */
function dataModelOf(facts: ClientFacts): DataModel {
  let dataModel = dataModels.get(facts.runtimeDataModel)
  if (dataModel === undefined) dataModels.set(facts.runtimeDataModel, (dataModel = readDataModel(facts)))
  return dataModel
}

interface LayerParts {
  readonly extension: PrismaExtension
  readonly hookFor: (parent: PrismaClientLike) => ReadHook
  /** Prisma's own: where all properties of the extended client are copied to the one it was made from, that has ours. */
  readonly extend: PrismaClientLike['$extends']
}

/**
 * Adds the extension to `parent`. What is added to the extended client later is added to `parent`, and the extension once more to
 * that: Prisma makes a client anew for each.
 */
function layer(parent: PrismaClientLike, parts: LayerParts): PrismaClientLike {
  const { extension, hookFor, extend } = parts
  const client = {
    ...extension.client,
    $extends(this: PrismaClientLike, added: unknown): unknown {
      // A function applies itself to the client that it is given, and so comes back here.
      return typeof added === 'function' ? added(this) : layer(extend.call(parent, added), parts)
    },
  }
  const hook = hookFor(parent)
  const extended = extend.call(parent, { ...extension, client })
  hookRequests(extended, parent, hook)
  installed.add(extended)
  return extended
}

/** `make`, called once for each text. */
function remembered<T>(make: (text: string) => T): (text: string) => T {
  const made = new Map<string, T>()
  return (text) => {
    let value = made.get(text)
    if (value === undefined) made.set(text, (value = make(text)))
    return value
  }
}

interface ModelContext {
  readonly $name?: string
}

function invalidateCacheOf(binding: Binding, dataModel: DataModel) {
  return async function invalidateCache(this: ModelContext): Promise<void> {
    const model = dataModel.models.get(this.$name ?? '')
    if (model !== undefined) await binding.invalidate(binding.writeTags([model.table]), 'invalidateCache()')
  }
}

function alreadyInstalled(): FreshetError {
  return new FreshetError(
    'ALREADY_INSTALLED',
    'This client has Freshet already: its reads would be cached twice. Extend the client that new PrismaClient() returned, once; to change options for some reads, use prisma.$cached(options).',
  )
}
