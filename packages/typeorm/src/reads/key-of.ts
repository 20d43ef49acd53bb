import { createHash } from 'node:crypto'
import { encodeCanonical } from '@freshet/core/adapter'
import type { DataSource } from 'typeorm'
import type { FreshetState } from '../state.js'
import type { ReadPlan } from './read-plan.js'
import type { Scope } from './scope-of.js'

/**
 * The key of a read of raw rows: its text, its parameters with their types, whose database it is, how the driver
 * gives values, and the scope. So `1n` and `'1'`, a Date and its ISO string, NaN and null are told apart, which the
 * key that TypeORM makes does not do.
 *
 * @param plan of the final SQL
 * @returns `undefined` if a parameter has no canonical form: the read then goes past the cache
 */
export function keyOf(
  dataSource: DataSource,
  state: FreshetState,
  plan: ReadPlan,
  parameters: unknown,
  scope: Scope,
): string | undefined {
  const text = encodeCanonical(parameters)
  if (text === undefined) return undefined
  const scoped = scope === undefined ? '' : `${scope.length}@${scope}`
  return `${scoped}${prefixOf(dataSource, state)}${plan.digest}|${text}`
}

const prefixes = new WeakMap<FreshetState, string>()

/** `t:` is the family of these keys; what users name theirs starts with other letters. */
function prefixOf(dataSource: DataSource, state: FreshetState): string {
  let prefix = prefixes.get(state)
  if (prefix === undefined) {
    const text = `${state.identity.length}:${state.identity}${valueOptions(dataSource)}`
    prefix = `t:${createHash('sha256').update(text).digest('base64url').slice(0, 22)}|`
    prefixes.set(state, prefix)
  }
  return prefix
}

// Two processes with one database, one with `dateStrings` and one without, must not answer for each other.
const valueOptionNames = [
  'type',
  'parseInt8',
  'dateStrings',
  'supportBigNumbers',
  'bigNumberStrings',
  'decimalNumbers',
  'jsonStrings',
  'timezone',
  'typeCast',
  'types',
  'prepareDatabase',
]

/** The options by which a driver turns what the database sends into values. */
function valueOptions({ options }: DataSource): string {
  const given = options as unknown as Readonly<Record<string, unknown>>
  const extra = given['extra'] as Readonly<Record<string, unknown>> | undefined
  return JSON.stringify(valueOptionNames.map((name) => [describe(given[name]), describe(extra?.[name])]))
}

function describe(value: unknown): unknown {
  if (typeof value === 'function') return value.toString()
  return encodeCanonical(value) ?? typeof value
}
