/**
 * How instances of one class travel through the codec. An adapter registers one for each class that its ORM returns.
 */
export interface CodecType {
  /** Names the type in the payload: 1 to 64 letters, digits, `-`, `_` or `.`; unique within a codec, and never reused for another meaning. */
  readonly tag: string
  /** Whether `value` is of this type. Only asked about objects that the codec does not know by itself. */
  matches(value: object): boolean
  /** What to store: anything that the codec can encode. */
  encode(value: never): unknown
  /** The value again. `data` comes from a store: check it, and throw if it is not what {@link CodecType.encode} gives. */
  decode(data: unknown): unknown
}

/** The own fields of a decimal.js number, as Prisma's `Decimal` has them: sign, exponent, base 10^7 words. */
export interface DecimalLike {
  readonly s: number
  readonly e: number
  readonly d: readonly number[] | null
}

/**
 * Whether `value` is an instance of some build of decimal.js (Prisma bundles its own), told by its shape: an ORM's class
 * cannot be imported here, and several copies of it may be loaded.
 */
export function isDecimalLike(value: object): value is DecimalLike {
  if ((value as { [Symbol.toStringTag]?: unknown })[Symbol.toStringTag] !== 'Decimal') return false
  const { s, e, d } = value as Partial<DecimalLike>
  return typeof s === 'number' && typeof e === 'number' && (d === null || Array.isArray(d))
}

/** The part of decimal.js's constructor that {@link decimalType} needs. */
export type DecimalConstructor = new (value: string) => object

const decimalText = /^-?(?:\d+(?:\.\d+)?(?:e[+-]\d+)?|Infinity)$|^NaN$/

/**
 * The {@link CodecType} of decimal.js numbers, rebuilt by `Decimal`, the ORM's own class.
 *
 * @example redisStore(redis, { types: [decimalType(Prisma.Decimal)] })
 */
export function decimalType(Decimal: DecimalConstructor, tag = 'decimal'): CodecType {
  return {
    tag,
    matches: (value) => value instanceof Decimal && isDecimalLike(value),
    // Unlike toString, valueOf keeps the sign of a negative zero.
    encode: (value: DecimalLike) => value.valueOf(),
    decode(data) {
      if (typeof data !== 'string' || !decimalText.test(data)) throw new TypeError('not a decimal number')
      return new Decimal(data)
    },
  }
}

/** How deep a value may be nested to be copied or encoded; what is deeper is most likely a cycle. */
export const maxValueDepth = 200
