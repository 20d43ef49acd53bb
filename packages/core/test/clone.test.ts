import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { copyOut, prepareCopy, type PreparedCopy } from '../src/clone.js'
import { Decimal, isSame, neverCopied, objectsIn, spoil, storable } from './values.js'

function prepared(value: unknown): PreparedCopy {
  const copy = prepareCopy(value)
  if (copy === undefined) throw new Error('not copyable')
  return copy
}

function copyOf(value: unknown): unknown {
  const { master, plan } = prepared(value)
  return copyOut(master, plan)
}

class Money {
  amount = 1
}

describe('a copy', () => {
  it('cannot be told from the value, whatever it is made of', () => {
    fc.assert(
      fc.property(storable, (value) => {
        expect(isSame(copyOf(value), value)).toBe(true)
      }),
      { numRuns: 1_000 },
    )
  })

  it('shares nothing that can change with the value, the master or another copy', () => {
    fc.assert(
      fc.property(fc.clone(storable, 2), ([value, reference]) => {
        const { master, plan } = prepared(value)
        const kept = copyOut(master, plan)
        objectsIn(value).forEach(spoil)
        objectsIn(copyOut(master, plan)).forEach(spoil)
        expect(isSame(kept, reference)).toBe(true)
        expect(isSame(copyOut(master, plan), reference)).toBe(true)
      }),
      { numRuns: 1_000 },
    )
  })

  it('is right for rows that differ in which fields hold objects', () => {
    const rows = [
      { id: 1, author: null, at: null },
      { id: 2, author: { id: 7, born: new Date(1) }, at: new Date(2) },
      { id: 3, author: { id: 8, born: null, tags: ['a', { deep: [new Date(3)] }] }, at: null },
      { id: 4, at: 'a text here' },
      { id: 5, author: new Date(4), at: { not: 'a date' } },
      null,
      [1, 2],
    ]
    expect(isSame(copyOf(rows), rows)).toBe(true)
    const before = structuredClone(rows)
    const { master, plan } = prepared(rows)
    objectsIn(copyOut(master, plan)).forEach(spoil)
    expect(isSame(copyOut(master, plan), before)).toBe(true)
  })

  it('keeps an own __proto__ field as data, next to rows without one', () => {
    const strange = JSON.parse('{"id":1,"__proto__":{"deep":{}}}') as object
    const rows = [{ id: 0 }, strange, { id: 2 }]
    expect(isSame(copyOf(rows), rows)).toBe(true)
    expect(isSame(copyOf(strange), strange)).toBe(true)
    expect(isSame(copyOf([strange, { id: 3 }]), [strange, { id: 3 }])).toBe(true)
  })

  it('of a decimal is an instance of the same class with digits of its own', () => {
    const price = new Decimal('-12345678901234567890.12')
    const { master, plan } = prepared({ price })
    const first = copyOut(master, plan) as { price: Decimal }
    expect(first.price).toBeInstanceOf(Decimal)
    expect(first.price.plus(1).toString()).toBe(price.plus(1).toString())
    first.price.d[0] = 9
    expect((copyOut(master, plan) as { price: Decimal }).price.eq(price)).toBe(true)
  })

  it('of a frozen or sealed value is an ordinary one', () => {
    const copy = copyOf(Object.freeze({ list: Object.freeze([1]), row: Object.seal({ id: 1 }) })) as object
    expect(objectsIn(copy).some((item) => Object.isSealed(item))).toBe(false)
    expect(isSame(copy, { list: [1], row: { id: 1 } })).toBe(true)
  })

  it('of an accessor is the value that it had when the copy was prepared', () => {
    let reads = 0
    const value = {
      get count() {
        return { reads: ++reads }
      },
    }
    const { master, plan } = prepared(value)
    expect(copyOut(master, plan)).toEqual({ count: { reads: 1 } })
    expect(copyOut(master, plan)).toEqual({ count: { reads: 1 } })
    expect(reads).toBe(1)
  })

  it('has two copies of what occurred twice', () => {
    const shared = { id: 1 }
    const copy = copyOf([shared, shared]) as object[]
    expect(copy[0]).toEqual(copy[1])
    expect(copy[0]).not.toBe(copy[1])
  })

  it('holds a small buffer without the pool that it was cut from', () => {
    const { master } = prepared(Buffer.from('cut from the pool'))
    expect((master as Buffer).buffer.byteLength).toBe((master as Buffer).byteLength)
  })

  it('is made of many different shapes at once', () => {
    const values = Array.from({ length: 300 }, (_, i) => ({
      [`key${i}`]: i,
      nested: { [`other${i}`]: new Date(i) },
    }))
    for (const value of values) expect(isSame(copyOf(value), value)).toBe(true)
    const all = Object.fromEntries(values.map((value, i) => [`field${i}`, value]))
    expect(isSame(copyOf(all), all)).toBe(true)
  })
})

describe('there is no copy of', () => {
  const selfMap = new Map<string, unknown>()
  selfMap.set('self', selfMap)
  const hidden = Object.defineProperty({ id: 1 }, 'hidden', { value: 1, enumerable: false })
  const hiddenOnArray = Object.defineProperty([1, 2], 'meta', { value: 1, enumerable: false })
  const refused: Record<string, unknown> = {
    ...neverCopied,
    'a class instance': new Money(),
    'an instance of a subclass of Array': new (class Rows extends Array<number> {})(1, 2, 3),
    'an instance of a subclass of Date': new (class Day extends Date {})(),
    'an instance of a subclass of Map': new (class Index extends Map<string, string> {})(),
    'an error': new Error('no'),
    'a regular expression': /x/,
    'a promise': Promise.resolve(1),
    'a weak map': new WeakMap(),
    'a boxed number': Object(1),
    'a symbol key': { [Symbol('x')]: 1 },
    'a symbol key beside many others': { a: 1, b: 2, c: 3, [Symbol('x')]: 1 },
    'a non-enumerable property': hidden,
    'a non-enumerable property of an array': hiddenOnArray,
    'an array with a hole and a named property': Object.assign([1, , 3], { meta: 1 }), // eslint-disable-line no-sparse-arrays
    'a map with a property': Object.assign(new Map(), { size2: 1 }),
    'something that only has the prototype of a map': Object.create(Map.prototype),
    'something that only has the prototype of bytes': Object.create(Uint8Array.prototype),
    'shared memory': new SharedArrayBuffer(8),
    'a data view': new DataView(new ArrayBuffer(8)),
    'a cycle through a map': selfMap,
  }

  for (const [name, value] of Object.entries(refused)) {
    it(`${name}, at the top or inside`, () => {
      expect(prepareCopy(value)).toBeUndefined()
      expect(prepareCopy({ id: 1, rows: [{ ok: true }, { value }] })).toBeUndefined()
      expect(prepareCopy(new Map([['key', value]]))).toBeUndefined()
    })
  }

  it('something nested deeper than 200 levels, but of 200 there is', () => {
    const nested = (levels: number): unknown => (levels === 0 ? 1 : [nested(levels - 1)])
    expect(prepareCopy(nested(200))).toBeDefined()
    expect(prepareCopy(nested(201))).toBeUndefined()
  })

  it('a small graph of shared references that would unfold to more than the limit', () => {
    let graph: unknown = ['leaf']
    for (let i = 0; i < 60; i++) graph = [graph, graph]
    expect(prepareCopy(graph, { maxBytes: 100_000 })).toBeUndefined()
  })
})

describe('the estimate of what a copy occupies', () => {
  it('grows with what is inside', () => {
    const bytes = (value: unknown): number => prepared(value).bytes
    expect(bytes(null)).toBe(0)
    expect(bytes('ж'.repeat(1_000))).toBeGreaterThan(bytes('z'.repeat(1_000)) + 900)
    expect(bytes(new Uint8Array(5_000))).toBeGreaterThan(5_000)
    expect(bytes([{ id: 1 }, { id: 2 }])).toBeGreaterThan(bytes([{ id: 1 }]))
  })
})
