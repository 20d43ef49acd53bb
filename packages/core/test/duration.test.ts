import { describe, expect, it } from 'vitest'
import { toMilliseconds } from '../src/duration.js'
import { isFreshetError } from '../src/errors.js'

function messageOf(value: unknown, limits?: { min?: number; max?: number }): string {
  try {
    toMilliseconds(value, 'staleIfError', limits)
  } catch (error) {
    if (isFreshetError(error, 'INVALID_DURATION')) return error.message
    throw error
  }
  throw new Error('was accepted')
}

describe('a duration', () => {
  it.each([
    [1, 1],
    [250, 250],
    ['250ms', 250],
    ['30s', 30_000],
    ['5m', 300_000],
    ['1.5h', 5_400_000],
    ['1d', 86_400_000],
    ['0.25s', 250],
    ['1.1m', 66_000],
    ['2 h', 7_200_000],
    [1.4, 1],
    ['3650d', 3650 * 86_400_000],
  ])('%s is %d ms', (value, ms) => {
    expect(toMilliseconds(value, 'ttl')).toBe(ms)
  })

  it.each([
    [Number.NaN],
    [Infinity],
    [-Infinity],
    [-1],
    [0],
    [0.4],
    ['0s'],
    [1e15],
    ['4000d'],
    [''],
    ['s'],
    ['5'],
    ['-5s'],
    ['+5s'],
    ['5 S'],
    ['5w'],
    ['5s '],
    ['1e3s'],
    ['.5s'],
    ['5.s'],
    ['5s5m'],
    ['٣s'],
    [null],
    [undefined],
    [true],
    [5n],
    [{}],
    [[5]],
    [new Date(5)],
    [Object(5)],
  ])('%s is refused, and the option is named', (value) => {
    expect(messageOf(value)).toMatch(/^staleIfError must be a duration from 1 ms to \d+ ms, given .+\. Give /)
  })

  it('of nothing is accepted where the caller allows it, and only there', () => {
    expect(toMilliseconds(0, 'jitter', { min: 0 })).toBe(0)
    expect(toMilliseconds('0s', 'jitter', { min: 0 })).toBe(0)
    expect(messageOf(0)).toContain('given 0')
    expect(messageOf(-1, { min: 0 })).toContain('given -1')
  })

  it('keeps to the limits of its option, both ends included', () => {
    const limits = { min: 100, max: 1_000 }
    expect(toMilliseconds('100ms', 'lease', limits)).toBe(100)
    expect(toMilliseconds('1s', 'lease', limits)).toBe(1_000)
    expect(messageOf(99, limits)).toContain('from 100 ms to 1000 ms, given 99')
    expect(messageOf('1.001s', limits)).toContain('given "1.001s"')
  })

  it('that is a long text is shortened in the message', () => {
    expect(messageOf('x'.repeat(10_000)).length).toBeLessThan(300)
  })
})
