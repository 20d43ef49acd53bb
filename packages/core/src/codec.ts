import { isUtf8 } from 'node:buffer'
import { types } from 'node:util'
import { maxValueDepth, type CodecType } from './codec-types.js'
import { FreshetError } from './errors.js'

/** Turns values into bytes for a shared store, and back. */
export interface Codec {
  /**
   * @throws FreshetError `NOT_ENCODABLE` for a value that would not come back as it was; the message names the place in
   * the value and what stands there
   */
  encode(value: unknown): Uint8Array
  /**
   * @throws FreshetError `NOT_ENCODABLE`, and nothing else, for bytes that this codec cannot have written: another
   * version, cut short, garbage, a type that is not registered. The caller treats it as a miss and says so in an event.
   */
  decode(bytes: Uint8Array): unknown
}

export interface CodecOptions {
  /** Classes beyond the built-in ones, asked in this order. Default none. */
  readonly types?: readonly CodecType[]
}

/**
 * A codec for everything that `prepareCopy` copies, except that decimals and other class instances need a
 * {@link CodecType}.
 *
 * The format is a version byte and a JSON text, in which whatever JSON has no word for is a string that begins with `~`,
 * or an array whose first element is one (the idea is Transit's): `"~d0"` is a date, `["~m", "a", 1]` a map; a string
 * that really begins with `~` gets another. `["~r0", 7, "x"]` is an object with the keys of the first object of at least
 * two keys in the text, so that a table of rows names its columns once. Nothing is ever built but plain objects, arrays, the types below and the
 * registered ones.
 *
 * @throws FreshetError `INVALID_OPTION` for a type whose tag is malformed or taken
 */
export function createCodec(options: CodecOptions = {}): Codec {
  const codecTypes = checkTypes(options.types ?? [])
  const byTag = new Map(codecTypes.map((type) => [type.tag, type]))
  return {
    encode: (value) => toBytes(new Encoder(codecTypes).encode(value, 0)),
    decode(bytes) {
      try {
        return new Decoder(byTag).decode(parsePayload(bytes), 0)
      } catch (cause) {
        throw notDecodable(cause)
      }
    },
  }
}

// Held from the start: test suites replace the global class by one of their own.
const NativeDate = Date

const version = 1
const maxNodes = 20_000_000

const tagPattern = /^[\w.-]{1,64}$/

function checkTypes(codecTypes: readonly CodecType[]): readonly CodecType[] {
  const tags = new Set<string>()
  for (const { tag } of codecTypes) {
    if (typeof tag === 'string' && tagPattern.test(tag) && !tags.has(tag)) tags.add(tag)
    else {
      throw new FreshetError(
        'INVALID_OPTION',
        `types must have tags of 1 to 64 letters, digits, "-", "_" or ".", each used once, given ${JSON.stringify(tag)}.`,
      )
    }
  }
  return [...codecTypes]
}

// --- the words for what JSON does not have; the second character tells them apart, in strings and in arrays ---

const marker = 0x7e
const word = {
  undefined: '~u',
  nan: '~N',
  negativeZero: '~z',
  infinity: '~+',
  negativeInfinity: '~-',
} as const

const wordValues: Readonly<Record<string, unknown>> = {
  [word.undefined]: undefined,
  [word.nan]: Number.NaN,
  [word.negativeZero]: -0,
  [word.infinity]: Number.POSITIVE_INFINITY,
  [word.negativeInfinity]: Number.NEGATIVE_INFINITY,
}

const typedArrays = {
  Uint8ClampedArray,
  Uint16Array,
  Uint32Array,
  Int8Array,
  Int16Array,
  Int32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
} as const

type TypedArrayName = keyof typeof typedArrays

class Encoder {
  readonly #types: readonly CodecType[]
  readonly #path: (string | number)[] = []
  readonly #shapes = new ShapeNumbers()
  #nodes = 0

  constructor(codecTypes: readonly CodecType[]) {
    this.#types = codecTypes
  }

  /** What JSON.stringify shall write for `value`: the value itself wherever that is possible. */
  encode(value: unknown, depth: number): unknown {
    switch (typeof value) {
      case 'string':
        return value.charCodeAt(0) === marker ? `~${value}` : value
      case 'number':
        return encodeNumber(value)
      case 'boolean':
        return value
      case 'undefined':
        return word.undefined
      case 'bigint':
        return `~i${value}`
      case 'object':
        return value === null ? null : this.#encodeObject(value, depth)
      default:
        return this.#refuse(`a ${typeof value}`)
    }
  }

  #encodeObject(value: object, depth: number): unknown {
    if (depth === maxValueDepth)
      return this.#refuse(`something nested deeper than ${maxValueDepth} levels, or in a cycle`)
    // References shared many times over would unfold without end.
    if (++this.#nodes > maxNodes) return this.#refuse(`more than ${maxNodes} objects`)
    const prototype: unknown = Object.getPrototypeOf(value)
    if (prototype === Object.prototype) return this.#encodeFields(value as Fields, depth + 1)
    if (prototype === Array.prototype) return this.#encodeElements(value as readonly unknown[], depth + 1)
    if (prototype === null) return ['~o', this.#encodeFields(value as Fields, depth + 1)]
    return this.#encodeKnown(value, prototype, depth + 1) ?? this.#encodeRegistered(value, depth + 1)
  }

  #encodeFields(value: Fields, depth: number): unknown {
    const keys = Object.keys(value)
    if (hasHiddenProperties(value, keys.length)) {
      return this.#refuse('an object with symbol keys or non-enumerable properties')
    }
    const shape = this.#shapes.indexOf(keys)
    if (shape !== undefined) return this.#encodeRow(shape, value, keys, depth)
    let copy: Fields | undefined
    for (const key of keys) {
      const field = value[key]
      if (typeof field === 'boolean' || field === null) continue
      this.#path.push(key)
      const encoded = this.encode(field, depth)
      this.#path.pop()
      if (encoded === field) continue
      // The spread makes every key an own one, `__proto__` too, so that the assignment is to a field.
      copy ??= { ...value }
      copy[key] = encoded
    }
    return copy ?? value
  }

  #encodeRow(shape: number, value: Fields, keys: readonly string[], depth: number): unknown[] {
    const row: unknown[] = [`~r${shape}`]
    for (const key of keys) row.push(this.#encodeAt(key, value[key], depth))
    return row
  }

  #encodeElements(value: readonly unknown[], depth: number): readonly unknown[] {
    if (Reflect.ownKeys(value).length !== value.length + 1 || hasHoles(value)) {
      return this.#refuse('an array with holes or named properties')
    }
    let copy: unknown[] | undefined
    for (let i = 0; i < value.length; i++) {
      const encoded = this.#encodeAt(i, value[i], depth)
      if (encoded === value[i]) continue
      copy ??= value.slice()
      copy[i] = encoded
    }
    return copy ?? value
  }

  #encodeAt(step: string | number, value: unknown, depth: number): unknown {
    this.#path.push(step)
    const encoded = this.encode(value, depth)
    this.#path.pop()
    return encoded
  }

  #encodeKnown(value: object, prototype: unknown, depth: number): unknown {
    if (prototype === NativeDate.prototype && types.isDate(value)) return this.#encodeDate(value)
    if (prototype === Map.prototype && types.isMap(value)) return this.#encodeMap(value, depth)
    if (prototype === Set.prototype && types.isSet(value)) return this.#encodeSet(value, depth)
    return encodeBytes(value, prototype)
  }

  #encodeDate(value: Date): string {
    if (Object.keys(value).length > 0) return this.#refuse('a Date with properties of its own')
    return `~d${value.getTime()}`
  }

  #encodeMap(value: ReadonlyMap<unknown, unknown>, depth: number): unknown[] {
    if (Reflect.ownKeys(value).length > 0) return this.#refuse('a Map with properties of its own')
    const encoded: unknown[] = ['~m']
    for (const [key, item] of value) {
      encoded.push(this.#encodeAt('<key>', key, depth), this.#encodeAt(describeKey(key), item, depth))
    }
    return encoded
  }

  #encodeSet(value: ReadonlySet<unknown>, depth: number): unknown[] {
    if (Reflect.ownKeys(value).length > 0) return this.#refuse('a Set with properties of its own')
    const encoded: unknown[] = ['~s']
    for (const item of value) encoded.push(this.#encodeAt('<member>', item, depth))
    return encoded
  }

  #encodeRegistered(value: object, depth: number): unknown {
    const type = this.#types.find((candidate) => candidate.matches(value))
    if (type === undefined) return this.#refuse(describeInstance(value))
    return [`~#${type.tag}`, this.encode(type.encode(value as never), depth)]
  }

  #refuse(what: string): never {
    throw new FreshetError(
      'NOT_ENCODABLE',
      `Cannot store the value: ${describePath(this.#path)} is ${what}. ` +
        `Return plain data, or register a codec type for the class.`,
    )
  }
}

type Fields = Record<string, unknown>

const minShapeKeys = 2

/**
 * Numbers the lists of keys in the order in which they first occur, so that the second object with the same keys is
 * written without them. The decoder counts along, and so needs no table.
 */
class ShapeNumbers {
  readonly #byHash = new Map<number, { readonly index: number; readonly keys: readonly string[] }>()
  #count = 0

  /** The number of `keys` if an object with just these, in this order, has been written before. */
  indexOf(keys: readonly string[]): number | undefined {
    if (keys.length < minShapeKeys) return undefined
    const hash = hashOf(keys)
    const known = this.#byHash.get(hash)
    if (known !== undefined && isEqualList(known.keys, keys)) return known.index
    this.#byHash.set(hash, { index: this.#count++, keys })
    return undefined
  }
}

function hashOf(keys: readonly string[]): number {
  let hash = keys.length
  for (const key of keys)
    hash = (hash * 31 + key.charCodeAt(0) + key.charCodeAt(key.length - 1) * 7 + key.length) | 0
  return hash
}

function isEqualList(a: readonly string[], b: readonly string[]): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}

function encodeNumber(value: number): unknown {
  // Zero, infinity and NaN are what is not itself after this subtraction, or needs a second look.
  if (value - value !== 0) return value > 0 ? word.infinity : value < 0 ? word.negativeInfinity : word.nan
  return value === 0 && 1 / value < 0 ? word.negativeZero : value
}

function encodeBytes(value: object, prototype: unknown): unknown {
  if (types.isArrayBuffer(value)) {
    return prototype === ArrayBuffer.prototype ? ['~a', Buffer.from(value).toString('base64')] : undefined
  }
  if (!types.isTypedArray(value)) return undefined
  if (prototype === Buffer.prototype) return `~B${toBase64(value)}`
  if (prototype === Uint8Array.prototype) return `~b${toBase64(value)}`
  const name = value[Symbol.toStringTag] as TypedArrayName
  return typedArrays[name]?.prototype === prototype ? ['~t', name, toBase64(value)] : undefined
}

function toBase64(view: NodeJS.TypedArray): string {
  return Buffer.from(view.buffer, view.byteOffset, view.byteLength).toString('base64')
}

function hasHiddenProperties(value: object, enumerable: number): boolean {
  return (
    Object.getOwnPropertyNames(value).length !== enumerable || Object.getOwnPropertySymbols(value).length > 0
  )
}

// A hole and a named property together leave the count of keys as it is.
function hasHoles(value: readonly unknown[]): boolean {
  for (let i = 0; i < value.length; i++) if (value[i] === undefined && !(i in value)) return true
  return false
}

function toBytes(encoded: unknown): Uint8Array {
  return Buffer.from(`${String.fromCharCode(version)}${JSON.stringify(encoded)}`, 'utf8')
}

function describePath(path: readonly (string | number)[]): string {
  const steps = path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`))
  return `value${steps.join('')}`
}

function describeKey(key: unknown): string {
  return typeof key === 'string' ? key : `<${typeof key}>`
}

function describeInstance(value: object): string {
  const constructor: unknown = value.constructor
  const name = typeof constructor === 'function' ? constructor.name : ''
  return name === '' ? 'an instance of an unnamed class' : `an instance of ${name}`
}

function parsePayload(bytes: Uint8Array): unknown {
  if (bytes[0] !== version)
    throw new Unreadable(bytes.length === 0 ? 'it is empty' : `its version is ${bytes[0]}`)
  // A decoder would replace what is not UTF-8 without a word.
  if (!isUtf8(bytes)) throw new Unreadable('it is not UTF-8')
  return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8', 1))
}

class Unreadable extends Error {}

class Decoder {
  readonly #types: ReadonlyMap<string, CodecType>
  readonly #shapes: Shape[] = []

  constructor(codecTypes: ReadonlyMap<string, CodecType>) {
    this.#types = codecTypes
  }

  /** The value that `parsed` stands for; objects and arrays are changed in place, as nobody else has them. */
  decode(parsed: unknown, depth: number): unknown {
    if (typeof parsed === 'string') return parsed.charCodeAt(0) === marker ? decodeWord(parsed) : parsed
    if (typeof parsed !== 'object' || parsed === null) return parsed
    if (depth === maxValueDepth * 2) throw new Unreadable('it is nested too deep')
    return Array.isArray(parsed)
      ? this.#decodeArray(parsed, depth + 1)
      : this.#decodeFields(parsed as Fields, depth + 1)
  }

  #decodeFields(parsed: Fields, depth: number): Fields {
    const keys = Object.keys(parsed)
    if (keys.length >= minShapeKeys) this.#shapes.push({ keys, template: undefined })
    for (const key of keys) {
      const field = parsed[key]
      if (typeof field === 'string') {
        if (field.charCodeAt(0) === marker) parsed[key] = decodeWord(field)
      } else if (typeof field === 'object' && field !== null) {
        const decoded = this.decode(field, depth)
        if (decoded !== field) parsed[key] = decoded
      }
    }
    return parsed
  }

  #decodeArray(parsed: unknown[], depth: number): unknown {
    const head = parsed[0]
    if (typeof head === 'string' && head.charCodeAt(0) === marker) {
      if (head.charAt(1) === 'r') return this.#decodeRow(this.#shapes[Number(head.slice(2))], parsed, depth)
      const build = builders[head.charAt(1)]
      if (build !== undefined) return build(parsed, (item) => this.decode(item, depth))
      if (head.charAt(1) === '#') return this.#decodeRegistered(head.slice(2), parsed, depth)
    }
    for (let i = 0; i < parsed.length; i++) parsed[i] = this.decode(parsed[i], depth)
    return parsed
  }

  #decodeRow(shape: Shape | undefined, parsed: readonly unknown[], depth: number): Fields {
    if (shape === undefined || parsed.length !== shape.keys.length + 1)
      throw new Unreadable('it is malformed')
    // A clone that is filled in is built faster than an object that grows, and its fields are all own ones.
    const row = { ...(shape.template ??= toTemplate(shape.keys)) }
    for (let i = 1; i < parsed.length; i++) row[shape.keys[i - 1] as string] = this.decode(parsed[i], depth)
    return row
  }

  #decodeRegistered(tag: string, parsed: readonly unknown[], depth: number): unknown {
    const type = this.#types.get(tag)
    if (type === undefined) throw new Unreadable(`the type "${tag.slice(0, 64)}" is not registered`)
    if (parsed.length !== 2) throw new Unreadable('it is malformed')
    return type.decode(this.decode(parsed[1], depth))
  }
}

interface Shape {
  readonly keys: readonly string[]
  template: Fields | undefined
}

function toTemplate(keys: readonly string[]): Fields {
  return Object.fromEntries(keys.map((key) => [key, null]))
}

function decodeWord(text: string): unknown {
  switch (text.charAt(1)) {
    case '~':
      return text.slice(1)
    case 'd':
      return decodeDate(text.slice(2))
    case 'i':
      return decodeBigint(text.slice(2))
    case 'b':
      return new Uint8Array(fromBase64(text.slice(2)))
    case 'B':
      return fromBase64(text.slice(2))
    default:
      if (!Object.hasOwn(wordValues, text)) throw new Unreadable('it has an unknown word')
      return wordValues[text]
  }
}

const maxTime = 8.64e15

function decodeDate(text: string): Date {
  const time = Number(text)
  if ((Math.abs(time) <= maxTime && text !== '') || text === 'NaN') return new NativeDate(time)
  throw new Unreadable('it has a malformed date')
}

function decodeBigint(text: string): bigint {
  if (!/^-?\d+$/.test(text)) throw new Unreadable('it has a malformed bigint')
  return BigInt(text)
}

function fromBase64(text: unknown): Buffer {
  if (typeof text !== 'string') throw new Unreadable('it is malformed')
  const bytes = Buffer.from(text, 'base64')
  // Buffer.from skips what is not base64: the lengths tell.
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0
  if (bytes.length !== (text.length * 3) / 4 - padding) throw new Unreadable('it has malformed bytes')
  return bytes
}

type Build = (parsed: readonly unknown[], decode: (item: unknown) => unknown) => unknown

const builders: Readonly<Record<string, Build>> = {
  m: buildMap,
  s: (parsed, decode) => new Set(parsed.slice(1).map(decode)),
  o: buildWithoutPrototype,
  a: (parsed) => toArrayBuffer(fromBase64(parsed[1])),
  t: buildTypedArray,
}

function buildMap(parsed: readonly unknown[], decode: (item: unknown) => unknown): Map<unknown, unknown> {
  if (parsed.length % 2 === 0) throw new Unreadable('it is malformed')
  const map = new Map<unknown, unknown>()
  for (let i = 1; i < parsed.length; i += 2) map.set(decode(parsed[i]), decode(parsed[i + 1]))
  return map
}

function buildWithoutPrototype(parsed: readonly unknown[], decode: (item: unknown) => unknown): unknown {
  const fields = decode(parsed[1])
  if (typeof fields !== 'object' || fields === null || Object.getPrototypeOf(fields) !== Object.prototype) {
    throw new Unreadable('it is malformed')
  }
  return Object.setPrototypeOf(fields, null)
}

function buildTypedArray(parsed: readonly unknown[]): unknown {
  const name = parsed[1]
  if (typeof name !== 'string' || !Object.hasOwn(typedArrays, name)) throw new Unreadable('it is malformed')
  // Throws, as it should, if the bytes are no whole number of elements.
  return new typedArrays[name as TypedArrayName](toArrayBuffer(fromBase64(parsed[2])))
}

function toArrayBuffer(bytes: Buffer): ArrayBuffer {
  return new Uint8Array(bytes).buffer
}

function notDecodable(cause: unknown): FreshetError {
  const reason = cause instanceof Unreadable ? cause.message : 'it is damaged'
  return new FreshetError(
    'NOT_ENCODABLE',
    `A stored payload cannot be decoded: ${reason}. It counts as a miss and is overwritten by the next load.`,
    { cause },
  )
}
