import { createHash } from 'node:crypto'
import type { ReadInfo } from '@freshet/core'
import type {
  Dependencies,
  Engine,
  LoadContext,
  MaybePromise,
  Policy,
  ReadRequest,
} from '@freshet/core/adapter'
import { andThen, isPromise, namesRows, toPromise } from '@freshet/core/adapter'
import type { AskedCache } from '../cache-argument.js'
import { askedPolicy, readCacheArgument, refuseOnWrite, splitCacheArgument } from '../cache-argument.js'
import type { Binding } from '../binding.js'
import { isReadOperation } from '../dependencies/operations.js'
import type { ModelPolicy } from '../options.js'
import type { MembersQuery } from '../precision/members.js'
import type { PreciseRead } from '../precision/read-precision.js'
import type { ClientShape, SchemaPrecision } from '../precision/schema-precision.js'
import type { Tap } from '../tap/tap.js'
import { argumentsKey } from './arguments-key.js'
import { askedInfo } from './cache-info.js'
import { copyArguments } from './copy-arguments.js'
import type { Passages } from './passages.js'
import type { ClientRequest, Execute } from './prisma-client.js'

export interface ReadHookParts {
  readonly engine: Engine
  readonly binding: Binding
  readonly tap: Tap
  readonly passages: Passages
  readonly client: ClientShape
  /** Connects the client, as its first query would; never rejects. */
  readonly connect: () => Promise<unknown>
  readonly policyOf: (model: string) => ModelPolicy
  readonly scope: (() => unknown) | undefined
  /** What else tells answers apart: the schema, the database, the client's own `omit` and computed fields. */
  readonly identity: string
}

/** Stands where a client executes a request: `client`, by `execute`. */
export type ReadHook = (client: object, execute: Execute, request: ClientRequest) => PromiseLike<unknown>

/** The way of a read. Everything that is not a cacheable read is executed untouched. */
export function createReadHook(parts: ReadHookParts): ReadHook {
  const { engine, binding, tap, passages, policyOf, scope, client: shape } = parts
  const { reader, counters, events } = engine
  const kindOf = rememberKinds(parts.identity, policyOf)

  let told = binding.precision
  let reads = told.readsOf(shape)

  /** What is told apart by now. */
  function precisionNow(): SchemaPrecision {
    const now = binding.precision
    if (now === told) return now
    told = now
    reads = now.readsOf(shape)
    return now
  }

  /** Straight to the database. */
  function bypass(call: Call, reason: string): PromiseLike<unknown> {
    const { model, action } = call.request
    counters.bypasses++
    if (events.has('bypass')) events.emit('bypass', { key: undefined, source: `${model}.${action}`, reason })
    const info = askedInfo()
    if (info !== undefined) Object.assign(info, { status: 'bypass', reason } satisfies ReadInfo)
    return executed(call)
  }

  /** Why this read may be neither served nor stored, if so. */
  function obstacle({ transaction }: ClientRequest, asked: AskedCache): string | undefined {
    if (!asked.cached) return 'off'
    // In a batch, a member that is answered without being sent leaves the others waiting for ever.
    if (transaction !== undefined) return 'transaction'
    if (tap.seesUncommitted) return 'uncommitted'
    if (binding.changedSession !== undefined && scope === undefined) return sessionObstacle(events)
    return undefined
  }

  function read(client: object, execute: Execute, request: ClientRequest): PromiseLike<unknown> {
    const { action, dataPath } = request
    const model = request.model!
    const { args: given, cache } = splitCacheArgument(argumentsOf(request), dataPath)
    const asGiven = { client, execute, request, args: given }
    const kind = kindOf(model, action)
    const asked = cache === undefined ? kind.asked : readCacheArgument(cache)
    const reason = obstacle(request, asked)
    if (reason !== undefined) return bypass(asGiven, reason)
    const args = copyArguments(given)
    const text = args === undefined ? undefined : argumentsKey(args)
    if (text === undefined) return bypass(asGiven, 'arguments without a canonical form')
    const scoped = scopeText(asked)
    if (scoped === undefined) return bypass(asGiven, 'scope')
    const path = dataPath.length === 0 ? '' : `/${dataPath.join('/')}`
    const key = `${scoped}${kind.keyPrefix}${path}|${text}`
    const policy = asked.options === undefined ? kind.policy : askedPolicy(asked.options, kind.policy)
    const precision = precisionNow()
    const dependencies = reads.read(model, action, args, dataPath)
    dependencies.keptAt(scoped, engine.space.prefix + key)
    if (scoped !== '') dependencies.isScoped()
    const info = askedInfo()
    const call = { client, execute, request, args }
    const asking: ReadRequest = {
      space: engine.space,
      key,
      dependencies: withOwnTags(dependencies, asked),
      policy,
      load: (context) => load(call, context, precision, dependencies),
      // Nobody stands between Prisma and this hook: extensions are called before it.
      isPlain: true,
      isBatched: kind.isBatched,
      source: kind.source,
      info,
    }
    const answer =
      info === undefined ? reader.read(asking) : explained(reader.read(asking), info, dependencies)
    // Prisma asks every answer for its `then`, and a hit may be null.
    return isPromise(answer) ? answer : Promise.resolve(answer)
  }

  /**
   * Runs the query, and lets its answer be stored only if no open transaction can have shone through, and what it depends
   * on was told by the definitions that the database still has.
   */
  function load(
    call: Call,
    context: LoadContext,
    precision: SchemaPrecision,
    dependencies: PreciseRead,
  ): PromiseLike<unknown> {
    tap.prepareLater(dependencies)
    const transactions = tap.visibleTransactions
    // One may have begun while a store was asked.
    if (tap.seesUncommitted) context.skip()
    const isToldAsBefore = () => precision.isWide || binding.precision === precision
    context.storeIf(() => tap.visibleTransactions === transactions && isToldAsBefore())
    const query = () => executedAlone(call)
    if (!passages.areSeen) return counted(() => passages.probe(query, context, engine))
    const answer = tap.isShared ? counted(query) : query()
    return dependencies.asksMembers ? answer.then(andAsk(call, precision, dependencies)) : answer
  }

  const andAsk = (call: Call, precision: SchemaPrecision, dependencies: PreciseRead) => (answer: unknown) => {
    const { sets } = engine.store
    if (sets !== undefined)
      for (const members of dependencies.members(answer, () => sets.answers()))
        askMembers(call, members, precision)
    return answer
  }

  /** Asks which rows an answer is made of that shows none of them. */
  function askMembers(call: Call, query: MembersQuery, precision: SchemaPrecision): void {
    const load = async () => {
      const transactions = tap.visibleTransactions
      if (tap.seesUncommitted) return undefined
      const rows = await counted(() => foundMany(call, query))
      const isSeenByAll = tap.visibleTransactions === transactions && binding.precision === precision
      return isSeenByAll ? query.setOf(rows) : undefined
    }
    reader.askSet(engine.space, { ...query, load })
  }

  /** On a shared connection a transaction asks whether loads are under way that see into it. */
  async function counted(query: () => PromiseLike<unknown>): Promise<unknown> {
    tap.loads++
    try {
      return await query()
    } finally {
      tap.loads--
    }
  }

  /** The scope's part of the key; `undefined` if it could not be told, and then nothing may be mixed up. */
  function scopeText(asked: AskedCache): string | undefined {
    try {
      const value = asked.options?.scope ?? (scope === undefined ? undefined : scope())
      if (typeof value === 'string') return `${value.length}@${value}`
      if (value === undefined && scope === undefined) return ''
      throw new TypeError(`scope() returned ${value === null ? 'null' : typeof value}, not a string`)
    } catch (cause) {
      counters.failures++
      events.emit('failure', { action: 'scope', cause })
      return undefined
    }
  }

  function withOwnTags(read: PreciseRead, asked: AskedCache): Dependencies {
    const own = asked.options?.tags
    if (own === undefined) return read
    const { tags, late, shown } = read
    const named = engine.tagNames.resolveRead(own)
    // Of rows that it names itself the plan does not know what matters.
    return { tags: [...tags, ...named], late, shown: namesRows(named) ? undefined : shown }
  }

  return (client, execute, request) => {
    // Prisma refuses what is no object.
    if (request.model === undefined || !hasArguments(request)) return execute.call(client, request)
    if (!isReadOperation(request.action)) {
      if ('cache' in argumentsOf(request)) refuseOnWrite(request.action)
      return execute.call(client, request)
    }
    if (!isUsable(request)) return withoutInternals(parts, client, execute, request)
    // What it depends on is told by the database's definitions, which are asked for when a client connects.
    if (tap.isConnected) return read(client, execute, request)
    const args = copyArguments(argumentsOf(request))
    return parts.connect().then(() => read(client, execute, { ...request, args: args ?? request.args }))
  }
}

/** What is asked of a client, and the arguments that it is asked with. */
interface Call {
  readonly client: object
  readonly execute: Execute
  readonly request: ClientRequest
  readonly args: unknown
}

const executed = ({ client, execute, request, args }: Call): PromiseLike<unknown> =>
  execute.call(client, args === request.args ? request : { ...request, args })

/** As it was asked: Prisma notes in a request that an extension has asked it once more in a transaction. */
const executedAlone = ({ client, execute, request, args }: Call): PromiseLike<unknown> =>
  execute.call(client, { ...request, args, transaction: undefined })

/** What the client itself would ask for `findMany`, beside a request of somebody else's. */
function foundMany({ client, execute, request }: Call, { model, args }: MembersQuery): PromiseLike<unknown> {
  const asked = {
    ...request,
    model,
    action: 'findMany',
    clientMethod: `${model[0]!.toLowerCase()}${model.slice(1)}.findMany`,
    args,
    dataPath: [],
    argsMapper: undefined,
    unpacker: undefined,
    transaction: undefined,
  }
  return execute.call(client, asked)
}

type Arguments = Record<string, unknown>
const noArguments: Arguments = {}

const argumentsOf = ({ args }: ClientRequest): Arguments => (args ?? noArguments) as Arguments

const hasArguments = ({ args }: ClientRequest): boolean =>
  args === undefined || (typeof args === 'object' && args !== null)

function isUsable(request: ClientRequest): boolean {
  return Array.isArray(request.dataPath) && 'transaction' in request
}

function sessionObstacle(events: Engine['events']): string {
  events.warnOnce(
    'SESSION_CHANGED',
    'A statement such as SET ROLE or set_config() has changed what a session of this database sees, so Freshet no longer knows whose rows are read and caches nothing. Give freshet() a scope, such as { scope: () => tenant.id }, or make the change local to a transaction: SET LOCAL, set_config(…, true).',
  )
  return 'session'
}

/** Without them nobody knows whether this read is inside a transaction. */
function withoutInternals(
  { engine }: ReadHookParts,
  client: object,
  execute: Execute,
  request: ClientRequest,
): PromiseLike<unknown> {
  engine.counters.bypasses++
  engine.events.warnOnce(
    'PRISMA_INTERNALS',
    'Prisma no longer tells whether a query is in a transaction, so Freshet caches nothing. Use a version of Prisma that this release names in its peer dependencies.',
  )
  const { cache: _, ...args } = argumentsOf(request)
  return execute.call(client, { ...request, args })
}

/** Says what the answer depends on, once it is there to tell. */
function explained(
  answer: MaybePromise<unknown>,
  info: ReadInfo,
  dependencies: PreciseRead,
): Promise<unknown> {
  return toPromise(
    andThen(answer, (value) => {
      info.tables = dependencies.explain(value)
      info.tags = [...new Set([...(info.tags ?? []), ...dependencies.lateTags(value)])]
      return value
    }),
  )
}

/** What all calls of one operation of one model have in common. */
interface KindOfRead {
  readonly source: string
  readonly keyPrefix: string
  readonly policy: Policy
  /** Prisma sends those of one tick together. */
  readonly isBatched: boolean
  /** Without a `cache` argument. */
  readonly asked: AskedCache
}

/** `p:` is the family of these keys; what users name theirs starts with other letters. */
function rememberKinds(
  identity: string,
  policyOf: (model: string) => ModelPolicy,
): (model: string, operation: string) => KindOfRead {
  const digest = createHash('sha256').update(identity).digest('base64url').slice(0, 22)
  const byModel = new Map<string, Map<string, KindOfRead>>()
  const make = (model: string, operation: string): KindOfRead => {
    const source = `${model}.${operation}`
    const { cached, policy } = policyOf(model)
    const isBatched = operation.startsWith('findUnique')
    const keyPrefix = `p:${digest}|${source}`
    return { source, keyPrefix, policy, isBatched, asked: { cached, options: undefined } }
  }
  return (model, operation) => {
    let ofModel = byModel.get(model)
    if (ofModel === undefined) byModel.set(model, (ofModel = new Map()))
    let kind = ofModel.get(operation)
    if (kind === undefined) ofModel.set(operation, (kind = make(model, operation)))
    return kind
  }
}
