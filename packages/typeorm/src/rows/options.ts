import { FreshetError } from '@freshet/core'
import type { Policy } from '@freshet/core/adapter'
import { defaultPolicy, resolvePolicy } from '@freshet/core/adapter'
import type { DataSource } from 'typeorm'

type GivenCache = Exclude<DataSource['options']['cache'], boolean | undefined>

/**
 * Refuses what would be ignored, or would break what Freshet promises.
 *
 * @throws FreshetError INVALID_OPTION for options of TypeORM's own caches and for `alwaysEnabled`; INVALID_DURATION
 */
export function assertCacheOption(dataSource: DataSource): void {
  const given = givenCache(dataSource)
  for (const name of ['type', 'tableName', 'options'] as const) {
    if (given?.[name] !== undefined) throw builtIn(name, given[name])
  }
  if (given?.alwaysEnabled === true) throw alwaysEnabled()
  if (given?.duration !== undefined) exactly(given.duration)
}

/** How long `cache: true` keeps an answer: `duration` of the DataSource's option if it is given, or as the cache says. */
export function defaultPolicyOf(dataSource: DataSource, policy: Policy): Policy {
  const duration = givenCache(dataSource)?.duration
  return duration === undefined ? policy : policyFor(duration, policy)
}

/** The longest that a policy can say. */
const maxMilliseconds = 3650 * 86_400_000
const maxRemembered = 1000
const policies = new WeakMap<Policy, Map<number, Policy>>()

/** As the cache says, but for `milliseconds` at the longest, which must be at least 1. */
export function policyFor(milliseconds: number, policy: Policy): Policy {
  let known = policies.get(policy)
  if (known === undefined) policies.set(policy, (known = new Map()))
  let own = known.get(milliseconds)
  if (own === undefined) {
    if (known.size >= maxRemembered) known.clear()
    own = exactly(Math.min(milliseconds, maxMilliseconds), policy)
    known.set(milliseconds, own)
  }
  return own
}

// TypeORM's milliseconds are a limit, so nothing is added to them for the sake of dying at different times.
function exactly(milliseconds: number, policy?: Policy): Policy {
  const options = { ttl: milliseconds, jitter: 0 }
  return resolvePolicy(options, policy ?? defaultPolicy)
}

function givenCache({ options }: DataSource): GivenCache | undefined {
  return typeof options.cache === 'object' ? options.cache : undefined
}

function builtIn(name: string, value: unknown): FreshetError {
  const shown = typeof value === 'string' ? `'${value}'` : '…'
  return new FreshetError(
    'INVALID_OPTION',
    `The cache option of this DataSource has ${name}: ${shown} beside freshet(), which is for TypeORM's own caches and would do nothing. ` +
      `Write cache: freshet({ cache }), and tell createCache() where entries live: createCache({ store: redisStore(client) }).`,
  )
}

function alwaysEnabled(): FreshetError {
  return new FreshetError(
    'INVALID_OPTION',
    'The cache option of this DataSource has alwaysEnabled: true, with which save() compares an entity with cached rows and writes nothing where they are alike. ' +
      'Ask for the cache query by query, with find({ cache: true }) or getWithCache().',
  )
}
