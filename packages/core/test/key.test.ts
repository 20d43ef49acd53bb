import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isFreshetError } from '../src/errors.js'
import { toKeyString } from '../src/key.js'

class Filter {
  readonly active: boolean
  constructor(active: boolean) {
    this.active = active
  }
}

class OtherFilter {
  readonly active: boolean
  constructor(active: boolean) {
    this.active = active
  }
}

describe('the text of a key', () => {
  it('is different for different strings, and for a string and whatever it is the text of', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (a, b) => {
        expect(toKeyString(a) === toKeyString(b)).toBe(a === b)
        expect(toKeyString(toKeyString(a))).not.toBe(toKeyString(a))
      }),
    )
    for (const key of [7, { id: 7 }, new Map([[1, 2]]), new Filter(true)]) {
      const text = toKeyString(key)
      expect(toKeyString(text)).not.toBe(text)
      expect(toKeyString(text.slice(2))).not.toBe(text)
    }
    expect(toKeyString('')).not.toBe(toKeyString(' '))
  })

  it('tells plain values apart by content and type, not by the order of keys', () => {
    expect(toKeyString({ a: 1, b: 2 })).toBe(toKeyString({ b: 2, a: 1 }))
    const keys = [
      1,
      '1',
      1n,
      true,
      Number.NaN,
      [1],
      { a: 1 },
      { a: '1' },
      new Date(1),
      Buffer.from([1]),
      {},
      [],
    ]
    expect(new Set(keys.map(toKeyString)).size).toBe(keys.length)
  })

  it('tells instances apart by class and fields, maps and sets by content', () => {
    expect(toKeyString(new Filter(true))).toBe(toKeyString(new Filter(true)))
    expect(toKeyString({ by: new Filter(true) })).toBe(toKeyString({ by: new Filter(true) }))
    const keys = [
      new Filter(true),
      new Filter(false),
      new OtherFilter(true),
      { by: new Filter(true) },
      new Map([['a', 1]]),
      new Map([['a', 2]]),
      new Set(['a']),
      new Set(['b']),
    ]
    expect(new Set(keys.map(toKeyString)).size).toBe(keys.length)
    expect(toKeyString(new Set([1, 2]))).toBe(toKeyString(new Set([2, 1])))
  })

  it('exists for a value with a cycle', () => {
    const cycle: Record<string, unknown> = { id: 1 }
    cycle['self'] = cycle
    expect(toKeyString(cycle)).toBe(toKeyString(cycle))
  })
})

describe('INVALID_KEY is thrown for', () => {
  const refused: Record<string, unknown> = {
    undefined: undefined,
    null: null,
    'a symbol': Symbol('x'),
    'a function': () => 1,
    'a promise': Promise.resolve(),
    'a weak map': new WeakMap(),
    'an accessor that throws': Object.defineProperty({}, 'x', {
      enumerable: true,
      get() {
        throw new Error('no')
      },
    }),
  }
  for (const [name, key] of Object.entries(refused)) {
    it(name, () => {
      try {
        toKeyString(key)
        expect.unreachable()
      } catch (error) {
        expect(isFreshetError(error, 'INVALID_KEY')).toBe(true)
      }
    })
  }
})
