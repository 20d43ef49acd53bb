import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createCodec } from '../src/codec.js'
import { decimalType, type CodecType } from '../src/codec-types.js'
import { isFreshetError } from '../src/errors.js'
import { Decimal, isSame, storable } from './values.js'

class Money {
  readonly amount: bigint
  readonly currency: string

  constructor(amount: bigint, currency: string) {
    this.amount = amount
    this.currency = currency
  }
}

const moneyType: CodecType = {
  tag: 'money',
  matches: (value) => value instanceof Money,
  encode: ({ amount, currency }: Money) => ({ amount, currency }),
  decode(data) {
    const { amount, currency } = data as Money
    if (typeof amount !== 'bigint' || typeof currency !== 'string') throw new TypeError('not money')
    return new Money(amount, currency)
  },
}

const codec = createCodec({ types: [decimalType(Decimal), moneyType] })

function roundTrip(value: unknown): unknown {
  return codec.decode(codec.encode(value))
}

function payload(text: string, version = 1): Uint8Array {
  return Buffer.concat([Buffer.from([version]), Buffer.from(text)])
}

function failure(run: () => unknown): string {
  try {
    run()
  } catch (error) {
    if (isFreshetError(error, 'NOT_ENCODABLE')) return error.message
    throw error
  }
  throw new Error('did not fail')
}

describe('a round trip', () => {
  it('gives back what cannot be told from the value, whatever it is made of', () => {
    fc.assert(
      fc.property(storable, (value) => {
        expect(isSame(roundTrip(value), value)).toBe(true)
      }),
      { numRuns: 1_000 },
    )
  })

  it('leaves the value alone', () => {
    fc.assert(
      fc.property(storable, (value) => {
        const before = roundTrip(value)
        codec.encode(value)
        expect(isSame(value, before)).toBe(true)
      }),
    )
  })

  it('takes tables of rows that are alike, almost alike, and of rows inside rows', () => {
    const row = (id: number): object => ({
      id,
      price: new Decimal(id).div(8),
      at: new Date(id),
      author: id % 3 === 0 ? null : { name: `~${id}`, since: id % 2 === 0 ? undefined : new Date(id) },
      tags: [{ name: 'a' }, { name: 'b' }],
    })
    const rows = Array.from({ length: 10 }, (_, id) => row(id))
    expect(isSame(roundTrip(rows), rows)).toBe(true)
    const uneven = [...rows, { ...row(11), extra: 1 }, null, { at: 1, id: 2 }, { id: 2, at: 1 }]
    expect(isSame(roundTrip(uneven), uneven)).toBe(true)
  })

  it('rebuilds a registered class with what the class was encoded to', () => {
    const value = { total: new Money(2n ** 70n, '~m') }
    const back = roundTrip(value) as typeof value
    expect(back.total).toBeInstanceOf(Money)
    expect(isSame(back, value)).toBe(true)
  })

  it('gives back bytes that own their memory', () => {
    const bytes = roundTrip(new Uint8Array([1, 2, 3])) as Uint8Array
    expect(bytes.buffer.byteLength).toBe(3)
  })

  it('does not ask the toJSON that an application has given to bigint or Date', () => {
    const prototype = BigInt.prototype as { toJSON?: unknown }
    prototype.toJSON = () => 'patched'
    try {
      expect(isSame(roundTrip([1n, { at: 2n }]), [1n, { at: 2n }])).toBe(true)
    } finally {
      delete prototype.toJSON
    }
  })
})

describe('encode refuses, naming place and type,', () => {
  const cycle: Record<string, unknown> = {}
  cycle['back'] = { rows: [cycle] }
  const refused: [name: string, value: unknown, told: string][] = [
    ['a class instance', new (class Order {})(), 'an instance of Order'],
    ['an unnamed class', new (class {})(), 'an instance of an unnamed class'],
    ['an object with an odd prototype', Object.create({ x: 1 }), 'an instance of Object'],
    ['an error', new TypeError('no'), 'an instance of TypeError'],
    ['a regular expression', /x/, 'an instance of RegExp'],
    ['a subclass of Date', new (class Day extends Date {})(), 'an instance of Day'],
    ['a function', () => 1, 'a function'],
    ['a symbol', Symbol('x'), 'a symbol'],
    ['a symbol key', { [Symbol('x')]: 1 }, 'symbol keys'],
    ['a hidden property', Object.defineProperty({}, 'x', { value: 1 }), 'non-enumerable'],
    ['a hidden toJSON', Object.defineProperty({ a: 1 }, 'toJSON', { value: () => 2 }), 'non-enumerable'],
    ['an array with holes', [1, , 2], 'holes'], // eslint-disable-line no-sparse-arrays
    ['an array with a name', Object.assign([1], { meta: 1 }), 'named properties'],
    ['an array with both', Object.assign([1, , 3], { meta: 1 }), 'holes'], // eslint-disable-line no-sparse-arrays
    ['a date with a property', Object.assign(new Date(), { zone: 'UTC' }), 'a Date with properties'],
    ['a map with a property', Object.assign(new Map(), { x: 1 }), 'a Map with properties'],
    ['a set with a property', Object.assign(new Set(), { x: 1 }), 'a Set with properties'],
    ['shared memory', new SharedArrayBuffer(4), 'an instance of SharedArrayBuffer'],
    ['a data view', new DataView(new ArrayBuffer(4)), 'an instance of DataView'],
    ['a cycle', cycle, 'in a cycle'],
  ]

  for (const [name, value, told] of refused) {
    it(name, () => {
      expect(failure(() => codec.encode(value))).toContain(told)
      const message = failure(() => codec.encode({ rows: [{ ok: 1 }, { ok: 2, bad: value }] }))
      expect(message).toContain(told)
      expect(message).toContain('value.rows[1].bad')
      expect(failure(() => codec.encode(new Map([['prices', new Set([value])]])))).toContain(
        'value.prices.<member>',
      )
    })
  }

  it('a decimal, as long as its class is not registered', () => {
    expect(failure(() => createCodec().encode([new Decimal(1)]))).toContain('value[0] is an instance of')
  })

  it('more than 200 levels, but not 200', () => {
    const nested = (levels: number): unknown => (levels === 0 ? 1 : [nested(levels - 1)])
    expect(isSame(roundTrip(nested(200)), nested(200))).toBe(true)
    expect(failure(() => codec.encode(nested(201)))).toContain('deeper than 200')
    const maps = (levels: number): unknown => (levels === 0 ? 1 : new Map([[1, maps(levels - 1)]]))
    expect(isSame(roundTrip(maps(200)), maps(200))).toBe(true)
  })
})

describe('decode fails, with nothing but the documented error,', () => {
  it('on random bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.boolean(), (bytes, versioned) => {
        if (versioned && bytes.length > 0) bytes[0] = 1
        try {
          codec.decode(bytes)
        } catch (error) {
          expect(isFreshetError(error, 'NOT_ENCODABLE')).toBe(true)
        }
      }),
      { numRuns: 1_000 },
    )
  })

  it('on well-formed JSON full of words that mean something else', () => {
    const words = fc.constantFrom(
      '~',
      '~x',
      '~u',
      '~ux',
      '~d',
      '~dx',
      '~i',
      '~ix',
      '~b',
      '~b=',
      '~B?',
      '~m',
      '~s',
      '~o',
    )
    const more = fc.constantFrom(
      '~a',
      '~t',
      '~r',
      '~#money',
      '~#',
      '~#nope',
      'Float64Array',
      '~toString',
      '~_',
      '__proto__',
    )
    const json = fc.letrec((tie) => ({
      node: fc.oneof(
        { maxDepth: 5 },
        words,
        more,
        fc.constantFrom(0, 1, 2, -1, 1.5, 1e9, null, true),
        fc.array(tie('node'), { maxLength: 6 }),
        fc.dictionary(fc.oneof(fc.constantFrom('a', '__proto__'), words), tie('node'), { maxKeys: 3 }),
      ),
    })).node
    fc.assert(
      fc.property(json, (node) => {
        try {
          codec.decode(payload(JSON.stringify(node)))
        } catch (error) {
          expect(isFreshetError(error, 'NOT_ENCODABLE')).toBe(true)
        }
      }),
      { numRuns: 2_000 },
    )
  })

  it('on every payload that was cut short', () => {
    fc.assert(
      fc.property(storable, fc.nat(), (value, cut) => {
        const bytes = codec.encode({ value })
        failure(() => codec.decode(bytes.subarray(0, cut % bytes.length)))
      }),
    )
  })

  const damaged: Record<string, Uint8Array> = {
    'on nothing': new Uint8Array(),
    'on another version': payload('1', 2),
    'on the version alone': payload(''),
    'on what is not UTF-8': Buffer.concat([payload('"'), Buffer.from([0xff]), Buffer.from('"')]),
    'on an unknown word': payload('"~x"'),
    'on a word that is a property of every object': payload('"~toString"'),
    'on a malformed date': payload('"~dtoday"'),
    'on a date without a time': payload('"~d"'),
    'on a date out of range': payload('"~d1e300"'),
    'on a malformed bigint': payload('"~i0x1f"'),
    'on malformed bytes': payload('"~b!!!!"'),
    'on a map with a key alone': payload('["~m",1]'),
    'on an object of no fields': payload('["~o",[1]]'),
    'on an unknown array type': payload('["~t","Array","AAAA"]'),
    'on an array type inherited from every object': payload('["~t","constructor","AAAA"]'),
    'on a typed array cut in the middle of an element': payload('["~t","Float64Array","AAAA"]'),
    'on a type that is not registered': payload('["~#regexp","x"]'),
    'on a registered type without its data': payload('["~#money"]'),
    'on a registered type with more than its data': payload('["~#decimal","1","2"]'),
    'on a registered type that refuses its data': payload('["~#money",{"amount":1}]'),
    'on a decimal that is none': payload('["~#decimal","0x10"]'),
    'on a row without a shape': payload('["~r0",1,2]'),
    'on a row before its shape': payload('[["~r0",1,2],{"a":1,"b":2}]'),
    'on a row that is shorter than its shape': payload('[{"a":1,"b":2},["~r0",1]]'),
    'on a row that is longer than its shape': payload('[{"a":1,"b":2},["~r0",1,2,3]]'),
    'on a row of no number': payload('[{"a":1,"b":2},["~rx",1,2]]'),
    'on something nested too deep': payload(`${'['.repeat(500)}${']'.repeat(500)}`),
    'on something nested without end': payload(`${'['.repeat(100_000)}${']'.repeat(100_000)}`),
    'on maps nested without end': payload(`${'["~s",'.repeat(100_000)}1${']'.repeat(100_000)}`),
  }
  for (const [name, bytes] of Object.entries(damaged)) {
    it(name, () => {
      expect(failure(() => codec.decode(bytes))).toContain('cannot be decoded')
    })
  }

  it('and says what was wrong', () => {
    expect(failure(() => codec.decode(payload('1', 9)))).toContain('its version is 9')
    expect(failure(() => codec.decode(payload('["~#nope",1]')))).toContain('"nope" is not registered')
  })
})

describe('a payload that names a key "__proto__"', () => {
  it('makes a field of that name and changes no prototype', () => {
    const value = codec.decode(
      payload('{"__proto__":{"admin":true},"a":["~o",{"__proto__":"~d0"}]}'),
    ) as object
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype)
    expect((value as { admin?: unknown }).admin).toBeUndefined()
    expect(Object.keys(value)).toEqual(['__proto__', 'a'])
  })
})

describe('createCodec', () => {
  for (const tag of ['', 'a b', '~', 'x'.repeat(65), 1 as unknown as string]) {
    it(`refuses the tag ${JSON.stringify(tag)}`, () => {
      expect(() => createCodec({ types: [{ ...moneyType, tag }] })).toThrow(/tags of 1 to 64/)
    })
  }

  it('refuses a tag that is taken', () => {
    expect(() => createCodec({ types: [moneyType, moneyType] })).toThrow(/each used once/)
  })
})
