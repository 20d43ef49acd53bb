import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { jittered } from '../src/jitter.js'

describe('jitter', () => {
  it('stays within the ratio, in whole milliseconds of at least one', () => {
    const unit = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e11 }), unit, unit, (ms, ratio, chance) => {
        const result = jittered(ms, ratio, () => chance)
        expect(Number.isInteger(result)).toBe(true)
        expect(result).toBeGreaterThanOrEqual(Math.max(1, Math.floor(ms * (1 - ratio))))
        expect(result).toBeLessThanOrEqual(Math.ceil(ms * (1 + ratio)))
      }),
    )
  })

  it('reaches both ends and leaves the middle alone', () => {
    expect(jittered(1_000, 0.1, () => 0)).toBe(900)
    expect(jittered(1_000, 0.1, () => 0.5)).toBe(1_000)
    expect(jittered(1_000, 0.1, () => 1 - Number.EPSILON)).toBe(1_100)
  })

  it('of ratio 0 is the time itself, and asks for no random number', () => {
    expect(jittered(1_234, 0, () => Number.NaN)).toBe(1_234)
  })
})
