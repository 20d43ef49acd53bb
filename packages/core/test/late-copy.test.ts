import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { copyOut, prepareCopy } from '../src/clone.js'
import { copySmall } from '../src/late-copy.js'
import { Decimal, isSame, neverCopied, objectsIn, spoil, storable } from './values.js'

const row = () => ({
  id: 7,
  name: 'Ada',
  balance: new Decimal('-0.10'),
  born: new Date(1),
  tags: ['a', null, { deep: [new Date(2)] }],
  author: { id: 8n, email: null },
})

describe('a small copy', () => {
  it('is the same as the one that is prepared at once, whatever it is of', () => {
    let copies = 0
    fc.assert(
      fc.property(storable, (value) => {
        const late = copySmall(value)
        if (late === undefined) return
        copies++
        // The first that has these keys also pays for their names.
        prepareCopy(value)
        const { master, plan, bytes } = prepareCopy(value, { isPlain: true })!
        expect(isSame(late.master, master)).toBe(true)
        expect(late.plan).toEqual(plan)
        expect(late.bytes).toBe(bytes)
        expect(isSame(late.master, value)).toBe(true)
        expect(isSame(copyOut(late.master, late.plan), value)).toBe(true)
      }),
      { numRuns: 2_000 },
    )
    expect(copies).toBeGreaterThan(100)
  })

  it('shares nothing that can change with the value or with what is handed out', () => {
    fc.assert(
      fc.property(fc.clone(storable, 2), ([value, reference]) => {
        const late = copySmall(value)
        if (late === undefined) return
        objectsIn(value).forEach(spoil)
        objectsIn(copyOut(late.master, late.plan)).forEach(spoil)
        expect(isSame(copyOut(late.master, late.plan), reference)).toBe(true)
      }),
      { numRuns: 1_000 },
    )
  })

  it('is made of what databases give: rows, lists of them, dates, decimals, JSON', () => {
    for (const value of [row(), [row(), row()], { count: 3 }, [], {}]) {
      const late = copySmall(value)!
      expect(isSame(late.master, value)).toBe(true)
      expect(objectsIn(late.master).some((inner) => objectsIn(value).includes(inner))).toBe(false)
    }
  })

  it('knows at once what it occupies at most', () => {
    prepareCopy(row())
    for (const value of [
      row(),
      [row(), row()],
      { text: 'ж'.repeat(1_000) },
      [[], [[]]],
      { at: new Date() },
    ]) {
      const late = copySmall(value)!
      expect(late.atMostBytes).toBeGreaterThanOrEqual(late.bytes)
    }
  })

  it('is not made of what is large', () => {
    const rows = (count: number) => Array.from({ length: count }, (_, id) => ({ id }))
    expect(copySmall(rows(63))).toBeDefined()
    expect(copySmall(rows(64))).toBeUndefined()
    const names = (count: number) => Object.fromEntries(rows(count).map(({ id }) => [`name${id}`, id]))
    expect(copySmall(names(512))).toBeDefined()
    expect(copySmall(names(513))).toBeUndefined()
    expect(copySmall(Array.from({ length: 513 }, () => 1))).toBeUndefined()
    expect(copySmall({ a: 'z'.repeat(8_000), b: ['z'.repeat(192)] })).toBeDefined()
    expect(copySmall({ a: 'z'.repeat(8_000), b: ['z'.repeat(193)] })).toBeUndefined()
    expect(copySmall({ a: 'z'.repeat(8_193) })).toBeUndefined()
  })
})

describe('there is no small copy of', () => {
  const refused: Record<string, unknown> = {
    ...neverCopied,
    'a class instance': new (class Money {})(),
    bytes: Buffer.from('bytes'),
    'a map': new Map([[1, 2]]),
    'an object without a prototype': Object.create(null),
    'a decimal with a property': Object.assign(new Decimal(1), { unit: 'EUR' }),
  }

  for (const [name, value] of Object.entries(refused)) {
    it(`${name}, at the top or inside`, () => {
      expect(copySmall(value)).toBeUndefined()
      expect(copySmall({ id: 1, rows: [{ ok: true }, { value }] })).toBeUndefined()
    })
  }

  it('what is no object', () => {
    for (const value of [null, undefined, 1, 'text', 1n, true]) expect(copySmall(value)).toBeUndefined()
  })
})
