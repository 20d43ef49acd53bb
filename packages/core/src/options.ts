import { FreshetError } from './errors.js'

/**
 * Refuses anything but a plain object with known names: a misspelt option that is silently ignored is
 * a stale cache in production.
 *
 * @throws FreshetError INVALID_OPTION
 */
export function assertOptions(where: string, options: unknown, known: readonly string[]): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw invalidOption(`${where} takes an object of options, but ${print(options)} was given.`)
  }
  // Nothing is made for it: every hit with options of its own is checked.
  for (const name in options) {
    if (known.includes(name) || !Object.hasOwn(options, name)) continue
    const near = nearest(name, known)
    throw invalidOption(
      `${where} knows no option '${name}'. ${near === undefined ? `It knows: ${known.join(', ')}.` : `Did you mean '${near}'?`}`,
    )
  }
}

export function positiveInteger(value: unknown, option: string, max = Number.MAX_SAFE_INTEGER): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value > 0 && value <= max) return value
  throw invalidOption(
    `The option '${option}' must be a positive integer up to ${max}, but ${print(value)} was given.`,
  )
}

/** @throws FreshetError INVALID_OPTION */
export function assertFunction(where: string, what: string, value: unknown): void {
  if (typeof value === 'function') return
  throw invalidOption(`${where} takes a ${what} function, but ${print(value)} was given.`)
}

/** @throws FreshetError INVALID_OPTION */
export function assertArray(where: string, what: string, value: unknown): void {
  if (Array.isArray(value)) return
  throw invalidOption(`${where} takes an array of ${what}, but ${print(value)} was given.`)
}

export function ratio(value: unknown, option: string): number {
  if (typeof value === 'number' && value >= 0 && value <= 1) return value
  throw invalidOption(`The option '${option}' must be a number from 0 to 1, but ${print(value)} was given.`)
}

export function invalidOption(message: string): FreshetError {
  return new FreshetError('INVALID_OPTION', message)
}

/** A short rendering of whatever was given, for messages. */
export function print(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value)
  if (typeof value === 'function') return 'a function'
  if (Array.isArray(value)) return 'an array'
  if (typeof value === 'object' && value !== null) return 'an object'
  return String(value)
}

/** The known name that a misspelt one most likely meant, if any is close. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  let best: string | undefined
  let bestDistance = Math.max(2, Math.floor(name.length / 3)) + 1
  for (const candidate of known) {
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase())
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance]
  }
  return best
}

/** Levenshtein's distance, one row at a time. */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const substituted = previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)
      row.push(Math.min(previous[j]! + 1, row[j - 1]! + 1, substituted))
    }
    previous = row
  }
  return previous[b.length]!
}
