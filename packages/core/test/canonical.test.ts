import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodeCanonical } from '../src/canonical.js'
import { Decimal, decimals } from './values.js'

/**
 * Whether two values mean the same to a query, written independently of the encoding: by comparing, not by naming.
 */
function meansSame(a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || a === null || typeof b !== 'object' || b === null) return Object.is(a, b)
  if (a instanceof Date || b instanceof Date) {
    return a instanceof Date && b instanceof Date && Object.is(a.getTime(), b.getTime())
  }
  if (a instanceof Uint8Array || b instanceof Uint8Array) {
    return a instanceof Uint8Array && b instanceof Uint8Array && Buffer.compare(a, b) === 0
  }
  if (a instanceof Decimal || b instanceof Decimal) {
    return a instanceof Decimal && b instanceof Decimal && a.valueOf() === b.valueOf()
  }
  if (Array.isArray(a) !== Array.isArray(b)) return false
  if (Array.isArray(a) && a.length !== (b as unknown[]).length) return false
  const keys = Object.keys(a)
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && meansSame(Reflect.get(a, key), Reflect.get(b, key)))
  )
}

// Few of each kind, and such as look like the encoding itself: so that two of them are often equal, or nearly.
const confusable = fc.oneof(
  fc.constantFrom<unknown>(
    '',
    '1',
    '7',
    '#7',
    "'1:7",
    ',1:a#7',
    '1:a',
    'a',
    'T',
    'U}',
    '[',
    '\ud800',
    '\udc00',
  ),
  fc.constantFrom<unknown>(
    0,
    -0,
    1,
    7,
    71,
    1.5,
    1e21,
    Number.NaN,
    Infinity,
    -Infinity,
    null,
    undefined,
    true,
    false,
  ),
  fc.constantFrom<unknown>(0n, 1n, 7n, -7n, new Date(7), new Date(71), new Date(Number.NaN)),
  fc.constantFrom<unknown>(new Uint8Array([7]), Buffer.from([7]), new Uint8Array(), new Uint8Array([7, 1])),
  fc.constantFrom<unknown>(
    new Decimal(7),
    new Decimal('7.0'),
    new Decimal('-0'),
    new Decimal(0),
    new Decimal('NaN'),
  ),
)
const keys = fc.constantFrom('a', 'b', 'ab', '', '1', '7', '1:a', ',1:a#7', '__proto__', 'constructor')

const queryLike: fc.Arbitrary<unknown> = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, depthIdentifier: 'query' },
    confusable,
    fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.double(),
      fc.bigInt(),
      fc.date({ noInvalidDate: false }),
      decimals,
    ),
    fc.array(tie('value'), { maxLength: 3, depthIdentifier: 'query' }),
    fc.constantFrom<unknown>([,], [undefined], [, 1], [1, ,]), // eslint-disable-line no-sparse-arrays
    fc.dictionary(keys, tie('value'), { maxKeys: 3, depthIdentifier: 'query' }),
  ),
})).value

/** The same value with the keys of every object in another order. */
function shuffled(value: unknown): unknown {
  if (Array.isArray(value)) {
    const copy = value.slice()
    value.forEach((item, i) => (copy[i] = shuffled(item)))
    return copy
  }
  if (typeof value !== 'object' || value === null || Object.keys(value).length === 0) return value
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) return value
  const copy = Object.create(prototype) as object
  for (const key of Object.keys(value).reverse()) {
    const field = shuffled(Reflect.get(value, key))
    Object.defineProperty(copy, key, { value: field, enumerable: true, configurable: true, writable: true })
  }
  return copy
}

describe('the canonical text', () => {
  it('of two values is the same exactly if they mean the same', () => {
    const seen: { value: unknown; text: string }[] = []
    fc.assert(
      fc.property(queryLike, queryLike, (a, b) => {
        const [one, two] = [encodeCanonical(a), encodeCanonical(b)]
        expect(one).toBeTypeOf('string')
        expect(one === two).toBe(meansSame(a, b))
        if (seen.length < 300) seen.push({ value: a, text: one as string })
      }),
      { numRuns: 2_000 },
    )
    for (const a of seen) for (const b of seen) expect(a.text === b.text).toBe(meansSame(a.value, b.value))
  })

  it('does not depend on the order of keys, at any depth', () => {
    fc.assert(
      fc.property(queryLike, (value) => {
        expect(encodeCanonical(shuffled(value))).toBe(encodeCanonical(value))
      }),
      { numRuns: 2_000 },
    )
    const many = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`key${(i * 7) % 40}`, i]))
    expect(encodeCanonical(shuffled(many))).toBe(encodeCanonical(many))
  })

  it('cannot be confused by a number that runs into the length of the key after it', () => {
    // Both would be {1:a#711:b'9:ccccccc#1} if keys did not begin with a comma.
    expect(encodeCanonical({ a: 7, "b'9:ccccccc": 1 })).not.toBe(encodeCanonical({ a: 71, b: 'ccccccc#1' }))
  })

  const apart: Record<string, unknown[]> = {
    'zero by its sign': [0, -0, 0n, '0', false],
    'what is not there': [{}, { a: undefined }, { a: null }, { a: 'undefined' }],
    'a hole and undefined': [[,], [undefined], [], [null]], // eslint-disable-line no-sparse-arrays
    'numbers and their texts': [7, 7n, '7', [7], new Date(7), new Decimal(7), new Uint8Array([7])],
    'what is no number': [Number.NaN, 'NaN', new Date(Number.NaN), new Decimal(Number.NaN)],
    'texts that UTF-8 would not tell apart': ['\ud800', '\ud801', '\ufffd'],
    'arrays and objects': [['a'], { 0: 'a' }],
    'where one text ends': [['ab', 'c'], ['a', 'bc'], ['abc']],
  }
  for (const [name, values] of Object.entries(apart)) {
    it(`tells apart ${name}`, () => {
      expect(new Set(values.map((value) => encodeCanonical(value))).size).toBe(values.length)
    })
  }

  it('is the same for what a query does not tell apart', () => {
    expect(encodeCanonical(Object.assign(Object.create(null), { a: 1 }))).toBe(encodeCanonical({ a: 1 }))
    expect(encodeCanonical(Buffer.from([1, 2]))).toBe(encodeCanonical(new Uint8Array([1, 2])))
    expect(encodeCanonical(new Decimal('1.50'))).toBe(encodeCanonical(new Decimal('1.5')))
    const Other = Decimal.clone({ toExpPos: 0, precision: 5 })
    expect(encodeCanonical(new Other('1234567.25'))).toBe(encodeCanonical(new Decimal('1234567.25')))
  })
})

describe('an extension', () => {
  class FieldRef {
    readonly name: string
    constructor(name: string) {
      this.name = name
    }
  }
  const extend = (value: object): string | undefined => (value instanceof FieldRef ? value.name : undefined)

  it('names instances of its classes, and only those', () => {
    const asked: object[] = []
    const query = { a: new FieldRef('x'), b: [new Date(1), new Decimal(1), Buffer.from('b'), { c: 1 }] }
    const text = encodeCanonical(query, (value) => {
      asked.push(value)
      return extend(value)
    })
    expect(text).toBeTypeOf('string')
    expect(asked).toEqual([query.a])
    expect(encodeCanonical(new FieldRef('x'), extend)).not.toBe(encodeCanonical(new FieldRef('y'), extend))
    expect(encodeCanonical(new FieldRef('x'), extend)).not.toBe(encodeCanonical('x', extend))
    expect(encodeCanonical([new Map()], extend)).toBeUndefined()
  })

  it('cannot break out of its token', () => {
    const wanted = encodeCanonical([new FieldRef('x'), 1], extend)
    expect(encodeCanonical([new FieldRef('x#1]')], extend)).not.toBe(wanted)
    expect(encodeCanonical([new FieldRef('x#1')], extend)).not.toBe(wanted)
  })
})

describe('there is no canonical text', () => {
  const cycle: Record<string, unknown> = {}
  cycle['again'] = [cycle, cycle]
  const none: Record<string, unknown> = {
    'of a symbol': Symbol('x'),
    'of a function': () => 1,
    'of a class instance': new (class Filter {})(),
    'of a map': new Map(),
    'of another typed array': new Int32Array(1),
    'of an object with a symbol key': { a: 1, [Symbol('x')]: 1 },
    'of a cycle': cycle,
    'of an accessor that throws': Object.defineProperty({}, 'x', {
      enumerable: true,
      get() {
        throw new Error('no')
      },
    }),
    'of an array that is nothing but holes': new Array(4_000_000_000),
    'of more than a million characters': 'x'.repeat(1_048_576),
  }
  for (const [name, value] of Object.entries(none)) {
    it(name, () => {
      expect(encodeCanonical(value)).toBeUndefined()
      expect(encodeCanonical({ where: { AND: [1, value] } })).toBeUndefined()
    })
  }

  it('beyond 100 levels', () => {
    const nested = (levels: number): unknown => (levels === 0 ? 1 : [nested(levels - 1)])
    expect(encodeCanonical(nested(100))).toBeTypeOf('string')
    expect(encodeCanonical(nested(101))).toBeUndefined()
  })

  it('of a small graph of shared references that would unfold without end', () => {
    let graph: unknown = ['leaf']
    for (let i = 0; i < 90; i++) graph = { left: graph, right: graph }
    expect(encodeCanonical(graph)).toBeUndefined()
  })
})
