import fc from 'fast-check'
import { Decimal } from '@prisma/client-runtime-utils'

/**
 * Whether two values cannot be told apart by looking: prototypes, `-0`, `NaN`, invalid dates, bytes, the order of keys, of
 * map entries and of set members, absent against `undefined`.
 */
export function isSame(a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || a === null || typeof b !== 'object' || b === null) return Object.is(a, b)
  if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return false
  if (a instanceof Date) return Object.is(a.getTime(), (b as Date).getTime())
  if (a instanceof Map) return isSame([...a], [...(b as Map<unknown, unknown>)])
  if (a instanceof Set) return isSame([...a], [...(b as Set<unknown>)])
  if (a instanceof ArrayBuffer) return isSame(new Uint8Array(a), new Uint8Array(b as ArrayBuffer))
  const keys = Reflect.ownKeys(a)
  const others = Reflect.ownKeys(b)
  return (
    keys.length === others.length &&
    keys.every((key, i) => key === others[i] && isSame(Reflect.get(a, key), Reflect.get(b, key)))
  )
}

/** Every object inside `value`, itself included. */
export function objectsIn(value: unknown, found: object[] = []): object[] {
  if (typeof value !== 'object' || value === null) return found
  found.push(value)
  if (value instanceof Map) for (const entry of value) entry.forEach((item) => objectsIn(item, found))
  else if (value instanceof Set) value.forEach((item) => objectsIn(item, found))
  else if (!ArrayBuffer.isView(value))
    Reflect.ownKeys(value).forEach((key) => objectsIn(Reflect.get(value, key), found))
  return found
}

/** Changes `target`, and nothing that it refers to, in a way that {@link isSame} sees. */
export function spoil(target: object): void {
  if (target instanceof Date) target.setTime(Number.isNaN(target.getTime()) ? 0 : Number.NaN)
  else if (target instanceof Map) target.set('spoilt', true)
  else if (target instanceof Set) target.add('spoilt')
  else if (target instanceof ArrayBuffer)
    new Uint8Array(target).forEach((_, i, bytes) => (bytes[i] = ~(bytes[i] ?? 0)))
  else if (ArrayBuffer.isView(target))
    new Uint8Array(target.buffer, target.byteOffset, target.byteLength).fill(0xa5)
  else if (Array.isArray(target)) target.push('spoilt')
  else Object.defineProperty(target, 'spoilt', { value: true, enumerable: true })
}

const cycle: Record<string, unknown> = { list: [] }
cycle['list'] = [1, { back: cycle }]

/** What no copy is made of, however it is asked for, by name. */
export const neverCopied: Readonly<Record<string, unknown>> = {
  'a function': () => 1,
  'a symbol': Symbol('x'),
  'a named property of an array': Object.assign([1, 2], { meta: 'columns' }),
  'an array with holes': Object.assign([1], { 2: 3 }),
  'a date with a property': Object.assign(new Date(), { zone: 'UTC' }),
  'something that only has the prototype of a date': Object.create(Date.prototype),
  'a cycle': cycle,
  'an accessor that throws': Object.defineProperty({}, 'x', {
    enumerable: true,
    get() {
      throw new Error('no')
    },
  }),
}

const anyText = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    '',
    '~',
    '~~',
    '~u',
    '~m',
    '~d0',
    '~#decimal',
    '\ud800',
    'a\udfffb',
    '\u0000',
    '__proto__',
    'constructor',
  ),
)
const anyKey = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom('id', 'a', 'b', 'author', '__proto__', 'constructor', 'toJSON', '7', ''),
  },
  { weight: 1, arbitrary: anyText },
)
const anyBytes = fc.uint8Array({ maxLength: 24 })

const scalar = fc.oneof(
  anyText,
  fc.integer(),
  fc.double(),
  fc.constantFrom(0, -0, Number.NaN, Infinity, -Infinity, null, undefined, true, false),
  fc.bigInt(),
  fc.bigInt({ min: -(2n ** 200n), max: 2n ** 200n }),
  fc.date({ noInvalidDate: false }),
)

const binary = fc.oneof(
  anyBytes,
  anyBytes.map((bytes) => Buffer.from(bytes)),
  anyBytes.map((bytes) => new Uint8Array(bytes).buffer),
  fc.array(fc.double()).map((items) => Float64Array.from(items)),
  fc.array(fc.integer()).map((items) => Int32Array.from(items)),
  fc.array(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })).map((items) => BigUint64Array.from(items)),
  anyBytes.map((bytes) => Uint8ClampedArray.from(bytes)),
)

export const decimals = fc
  .oneof(
    fc.constantFrom('0', '-0', 'NaN', 'Infinity', '-Infinity', '1e+400', '1e-400'),
    fc.tuple(fc.bigInt(), fc.nat(30)).map(([digits, scale]) => `${digits}e-${scale}`),
  )
  .map((text) => new Decimal(text))

function fieldsOf(entries: readonly (readonly [string, unknown])[], prototype: object | null): object {
  const fields = Object.create(prototype) as object
  for (const [key, value] of entries) {
    Object.defineProperty(fields, key, { value, enumerable: true, configurable: true, writable: true })
  }
  return fields
}

/** Everything that both the copy and the codec promise to carry, decimals included, in trees and in tables of rows. */
export const storable: fc.Arbitrary<unknown> = fc.letrec<{ value: unknown; entries: [string, unknown][] }>(
  (tie) => ({
    value: fc.oneof(
      { maxDepth: 4, depthIdentifier: 'storable' },
      scalar,
      binary,
      decimals,
      tie('entries').map((entries) => fieldsOf(entries, Object.prototype)),
      tie('entries').map((entries) => fieldsOf(entries, null)),
      fc.array(tie('value'), { maxLength: 5, depthIdentifier: 'storable' }),
      fc
        .array(tie('entries'), { maxLength: 4, depthIdentifier: 'storable' })
        .map((rows) => rows.map((row) => fieldsOf(row, Object.prototype))),
      fc
        .array(fc.tuple(tie('value'), tie('value')), { maxLength: 3, depthIdentifier: 'storable' })
        .map((entries) => new Map(entries)),
      fc
        .array(tie('value'), { maxLength: 3, depthIdentifier: 'storable' })
        .map((members) => new Set(members)),
    ),
    entries: fc.uniqueArray(fc.tuple(anyKey, tie('value')), {
      maxLength: 5,
      selector: ([key]) => key,
      depthIdentifier: 'storable',
    }),
  }),
).value

export { Decimal }
