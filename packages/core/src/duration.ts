import { FreshetError } from './errors.js'

/**
 * A length of time: milliseconds, or a number and a unit such as `'250ms'`, `'30s'`, `'5m'`, `'1.5h'`, `'1d'`.
 */
export type Duration = number | string

/** The range that {@link toMilliseconds} accepts, both ends included, in milliseconds. */
export interface DurationLimits {
  /** Default 1: a duration of nothing is only accepted where `0` has a meaning of its own. */
  readonly min?: number
  /** Default ten years. */
  readonly max?: number
}

const unitMs: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
}

const tenYearsMs = 3_652 * 86_400_000
const pattern = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)$/

/**
 * `value` in whole milliseconds, rounded to the nearest.
 *
 * @param option the name of the option that the value was given for; it stands in the error
 * @throws FreshetError `INVALID_DURATION` for anything that is not a {@link Duration} within `limits`
 */
export function toMilliseconds(value: unknown, option: string, limits: DurationLimits = {}): number {
  const { min = 1, max = tenYearsMs } = limits
  const ms = parse(value)
  // NaN fails this comparison as well.
  if (ms !== undefined && ms >= min && ms <= max) return Math.round(ms)
  throw new FreshetError(
    'INVALID_DURATION',
    `${option} must be a duration from ${min} ms to ${max} ms, given ${describe(value)}. ` +
      `Give milliseconds as a number, or a string such as '250ms', '30s', '5m', '2h', '1d'.`,
  )
}

function parse(value: unknown): number | undefined {
  if (typeof value === 'number') return value
  if (typeof value !== 'string') return undefined
  const [, amount, unit] = pattern.exec(value) ?? []
  if (amount === undefined || unit === undefined) return undefined
  return Number(amount) * (unitMs[unit] ?? Number.NaN)
}

function describe(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value)
  if (typeof value === 'number') return String(value)
  return value === null ? 'null' : typeof value
}
