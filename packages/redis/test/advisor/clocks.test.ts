import { expect, test } from 'vitest'
import { clocks } from '../../src/advisor/clocks.js'
import type { ServerFacts } from '../../src/advisor/server-facts.js'

const server = (name: string, aheadMs: number, roundTripMs = 1): ServerFacts => ({
  name,
  runId: name,
  maxMemory: 0,
  policy: 'noeviction',
  aheadMs,
  roundTripMs,
  refused: [],
  unknown: [],
})

test('the servers of a cluster should agree with each other, whatever ours says', () => {
  const apart = [server('c', 2_900), server('a', -2_900), server('b', 0)]
  expect(clocks(apart, 30_000)?.message).toContain('The clock of Redis c is 5.8 s ahead of that of a.')
  expect(clocks([server('a', 2_000), server('b', 2_900)], 30_000)).toBeUndefined()
})

test('what the way of an answer explains is no difference', () => {
  expect(clocks([server('a', -2_900, 400), server('b', 2_900, 500)], 30_000)).toBeUndefined()
  expect(clocks([server('a', 5_400, 500)], 30_000)).toBeUndefined()
  expect(clocks([server('a', 5_600, 500)], 30_000)).toBeDefined()
})

test('of no server nothing is said', () => {
  expect(clocks([], 30_000)).toBeUndefined()
})
