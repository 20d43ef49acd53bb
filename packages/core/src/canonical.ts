import { isDecimalLike } from './codec-types.js'

/**
 * Gives a class instance a token of its own: two instances get the same token exactly if a query means the same by them.
 * `undefined`: not known.
 */
export type CanonicalExtension = (value: object) => string | undefined

const maxDepth = 100
const maxLength = 1_048_576
const maxHoles = 10_000

/**
 * A canonical text of `value`: two values have the same text exactly if they mean the same to a query.
 *
 * The order of keys does not count, nor does the prototype of a plain object (`Object.prototype` or `null`), nor whether
 * bytes come as `Buffer` or `Uint8Array`. Everything else does: `-0`, `NaN`, `undefined` against absent, holes,
 * `1` against `1n` against `'1'`, dates (also invalid ones) and decimals against their texts.
 *
 * @param extend asked for every object that is not a plain object, array, Date, decimal or bytes
 * @returns `undefined` if there is none: symbols, functions, symbol keys, instances unknown to `extend`, cycles, more
 * than 100 levels or 1 Mi characters, or an accessor that throws. The caller then goes without the cache.
 */
export function encodeCanonical(value: unknown, extend?: CanonicalExtension): string | undefined {
  try {
    const text = encode(value, extend, 0)
    // A lone string or number is not measured on the way.
    return text === undefined || text.length > maxLength ? undefined : text
  } catch {
    return undefined
  }
}

// Every token begins with a character that the token before it cannot contain, and texts carry their length: so the
// whole can be read back in one way only, which is what makes it injective. Numbers use 0-9 + - . e and the letters of
// Infinity and NaN.
function encode(value: unknown, extend: CanonicalExtension | undefined, depth: number): string | undefined {
  switch (typeof value) {
    case 'string':
      return `'${value.length}:${value}`
    case 'number':
      return value === 0 && 1 / value < 0 ? '#-0' : `#${value}`
    case 'boolean':
      return value ? 'T' : 'F'
    case 'undefined':
      return 'U'
    case 'bigint':
      return `B${value}`
    case 'object':
      return value === null ? 'Z' : encodeObject(value, extend, depth)
    default:
      return undefined
  }
}

function encodeObject(
  value: object,
  extend: CanonicalExtension | undefined,
  depth: number,
): string | undefined {
  if (depth === maxDepth) return undefined
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype === Object.prototype || prototype === null) {
    return encodePlain(value as Record<string, unknown>, extend, depth + 1)
  }
  if (Array.isArray(value)) return encodeArray(value, extend, depth + 1)
  return encodeScalarObject(value) ?? encodeExtended(value, extend)
}

function encodePlain(
  value: Readonly<Record<string, unknown>>,
  extend: CanonicalExtension | undefined,
  depth: number,
): string | undefined {
  const keys = Object.keys(value)
  if (keys.length > 1) sortKeys(keys)
  if (Object.getOwnPropertySymbols(value).length > 0) return undefined
  let text = '{'
  for (const key of keys) {
    const field = encode(value[key], extend, depth)
    if (field === undefined) return undefined
    text += `,${key.length}:${key}${field}`
  }
  // Also stops a small graph of shared references that would unfold to an astronomic text.
  return text.length > maxLength ? undefined : `${text}}`
}

const insertionSortLimit = 16

// Array.prototype.sort costs more than the whole rest on the handful of keys that an argument has.
function sortKeys(keys: string[]): void {
  if (keys.length > insertionSortLimit) {
    keys.sort()
    return
  }
  for (let i = 1; i < keys.length; i++) {
    const key = keys[i] as string
    let j = i - 1
    for (; j >= 0 && (keys[j] as string) > key; j--) keys[j + 1] = keys[j] as string
    keys[j + 1] = key
  }
}

function encodeArray(
  value: readonly unknown[],
  extend: CanonicalExtension | undefined,
  depth: number,
): string | undefined {
  let text = '['
  let holes = 0
  for (let i = 0; i < value.length; i++) {
    const item = value[i]
    if (item === undefined && !(i in value)) {
      if (++holes > maxHoles) return undefined
      text += '_'
      continue
    }
    const element = encode(item, extend, depth)
    if (element === undefined) return undefined
    text += element
    if (text.length > maxLength) return undefined
  }
  return `${text}]`
}

function encodeScalarObject(value: object): string | undefined {
  if (value instanceof Date) return `D${value.getTime()}`
  if (value instanceof Uint8Array) {
    return `Y${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64')};`
  }
  // The fields rather than a text: how a decimal prints depends on its class's settings.
  if (isDecimalLike(value)) return `M${value.s}:${value.e}:${value.d === null ? '' : value.d.join(',')};`
  return undefined
}

function encodeExtended(value: object, extend: CanonicalExtension | undefined): string | undefined {
  const token = extend?.(value)
  return token === undefined ? undefined : `X${token.length}:${token}`
}
