import { FreshetError } from '@freshet/core'
import type { DriverFactory } from '../tap/driver.js'

/*
 * What of Prisma's client we stand on beyond its public face. All of it is internal, so all of it is
 * looked for when the extension is installed, and a client without it is refused: a cache that guesses
 * is worse than none.
 */

/** Where a call stands: `undefined` outside transactions. */
interface CallTransaction {
  readonly kind: 'itx' | 'batch'
}

/** One operation of a client, as Prisma executes it when all query extensions have had their say. */
export interface ClientRequest {
  /** Of a model's operations as their caller gave them. */
  readonly args: unknown
  /** `undefined` for raw queries. */
  readonly model?: string | undefined
  readonly action: string
  /** Always there, since nobody could tell a transaction from its absence otherwise. */
  readonly transaction: CallTransaction | undefined
  /** The fluent path: `['select', 'posts']` for `user.findUnique(…).posts()`. */
  readonly dataPath: readonly string[]
}

/** How a client executes a request: one of its methods. */
export type Execute = (this: object, request: ClientRequest) => PromiseLike<unknown>

export interface PrismaExtension {
  readonly name: string
  readonly model: { readonly $allModels: Record<string, unknown> }
  readonly client: Record<string, unknown>
}

/** A computed field of a result extension: selecting it makes Prisma fetch the fields that it needs. */
interface ComputedField {
  readonly needs: readonly string[]
}

interface ClientExtensions {
  getAllComputedFields(model: string): Readonly<Record<string, ComputedField>> | undefined
}

/** A client, extended or not, as far as we need it. */
export interface PrismaClientLike {
  readonly _extensions?: ClientExtensions
  /** From the call of an operation to its answer, query extensions and computed fields included. */
  readonly _request?: Execute
  /** What comes within all query extensions. */
  readonly _executeRequest?: Execute
  $extends(extension: unknown): PrismaClientLike
  readonly [property: string]: unknown
}

/** What we read from a client once, at installation. */
export interface ClientFacts {
  /** The client that `new PrismaClient()` made: one connection, however often it is extended. */
  readonly original: object
  readonly factory: DriverFactory
  readonly inlineSchema: string | undefined
  readonly runtimeDataModel: object
  readonly globalOmit: unknown
}

/**
 * What the client's result extensions make of a selection, as text: with the same arguments, clients that
 * differ in it are answered different columns.
 *
 * @throws FreshetError UNSUPPORTED_CLIENT
 */
export function computedFieldsOf(client: PrismaClientLike, models: Iterable<string>): string {
  const extensions = client._extensions
  if (typeof extensions?.getAllComputedFields !== 'function') throw unsupported('its _extensions are missing')
  const byModel = [...models].map((model) => [model, extensions.getAllComputedFields(model)] as const)
  const computed = byModel.flatMap(([model, fields]) =>
    Object.entries(fields ?? {}).map(([name, { needs }]) => JSON.stringify([model, name, ...needs])),
  )
  return computed.toSorted().join('\n')
}

interface EngineConfig {
  readonly adapter?: DriverFactory
  readonly inlineSchema?: string
  readonly accelerateUrl?: string
}

/** @throws FreshetError UNSUPPORTED_CLIENT, WRITES_NOT_VISIBLE */
export function readClientFacts(client: unknown): ClientFacts {
  if (!isClient(client))
    throw unsupported(
      'it is not a Prisma client: call new PrismaClient({ adapter }).$extends(freshet({ cache }))',
    )
  const config = client['_engineConfig'] as EngineConfig | undefined
  if (typeof config !== 'object' || config === null) throw unsupported('its _engineConfig is missing')
  for (const method of ['_request', '_executeRequest'] as const)
    if (typeof client[method] !== 'function') throw unsupported(`its ${method}() is missing`)
  return {
    original: objectOr(client['_originalClient'], () => unsupported('its _originalClient is missing')),
    factory: visibleFactory(config),
    inlineSchema: config.inlineSchema,
    runtimeDataModel: objectOr(client['_runtimeDataModel'], () =>
      unsupported('its _runtimeDataModel is missing'),
    ),
    globalOmit: client['_globalOmit'],
  }
}

function isClient(client: unknown): client is PrismaClientLike {
  return (
    typeof client === 'object' &&
    client !== null &&
    typeof (client as PrismaClientLike).$extends === 'function'
  )
}

function visibleFactory(config: EngineConfig): DriverFactory {
  const { adapter: factory, accelerateUrl } = config
  // With both, Prisma goes the way of the URL.
  if (factory === undefined || factory === null || accelerateUrl !== undefined) {
    throw new FreshetError(
      'WRITES_NOT_VISIBLE',
      accelerateUrl === undefined
        ? 'This client has no driver adapter, so what it writes cannot be seen and nothing may be cached. Pass one: new PrismaClient({ adapter: new PrismaPg(…) }).'
        : 'This client talks to its database through Accelerate, so what it writes cannot be seen here and nothing may be cached. Connect directly instead: new PrismaClient({ adapter: new PrismaPg(…) }).',
    )
  }
  if (typeof factory.connect !== 'function' || typeof factory.provider !== 'string') {
    throw unsupported('its driver adapter has no connect()')
  }
  return factory
}

function objectOr(value: unknown, otherwise: () => FreshetError): object {
  if (typeof value === 'object' && value !== null) return value
  throw otherwise()
}

function unsupported(reason: string): FreshetError {
  return new FreshetError(
    'UNSUPPORTED_CLIENT',
    `Freshet cannot be added to this client: ${reason}. It needs Prisma 7.9 or later within 7, with a driver adapter for PostgreSQL, MySQL, MariaDB or SQLite.`,
  )
}

const dialects = { postgres: 'postgresql', mysql: 'mysql', sqlite: 'sqlite' } as const
export type Dialect = (typeof dialects)[keyof typeof dialects]

/** @throws FreshetError UNSUPPORTED_CLIENT for a database whose SQL is not understood. */
export function dialectOf(factory: DriverFactory): Dialect {
  if (Object.hasOwn(dialects, factory.provider)) return dialects[factory.provider as keyof typeof dialects]
  throw unsupported(`its adapter is for '${factory.provider}'`)
}
