import { FakeClock } from '@freshet/testing'
import { expect, test } from 'vitest'
import { Events } from '../src/events.js'
import { FillTurns } from '../src/fill-turns.js'
import { Guard } from '../src/guard.js'
import { Counters } from '../src/stats.js'

const wanted = { space: { prefix: '', prefixes: [''] }, key: 'k', vector: { id: 'v', usable: true } }
const waitMs = 2_000

/** Times, since it began, at which a process asks that always learns that another one still loads. */
async function questions(loadMs: number | undefined, remembered?: number): Promise<readonly number[]> {
  const clock = new FakeClock()
  const parts = { clock, counters: new Counters(), events: new Events() }
  const turns = new FillTurns({
    fills: { fromMs: 20, waitMs, claim: () => undefined },
    clock,
    guard: new Guard(parts),
    closing: new AbortController().signal,
  })
  if (remembered !== undefined) turns.took('k', remembered)
  const beganAt = clock.now()
  const asked: number[] = []
  const turn = turns.next(wanted, loadMs, async () => {
    asked.push(clock.now() - beganAt)
    return 'same'
  })
  await clock.pass(waitMs)
  await turn
  return asked
}

const pauses = (asked: readonly number[]) => asked.slice(1).map((at, index) => at - asked[index]!)

test('whoever waits asks when the load is likely to have ended, and shortly after', async () => {
  for (const asked of [await questions(200), await questions(undefined, 200)]) {
    const overdue = asked.indexOf(200)
    expect(pauses(asked.slice(overdue)).slice(0, 3)).toEqual([5, 7.5, 11.25])
  }
})

test('whoever waits asks at most every 5 ms, and at least every 50 ms', async () => {
  for (const loadMs of [undefined, 1, 7, 103, 200, 1_000, 5_000]) {
    const between = pauses(await questions(loadMs))
    expect(Math.min(...between.slice(0, -1))).toBeGreaterThanOrEqual(5)
    expect(Math.max(...between)).toBeLessThanOrEqual(50)
    expect(between.length).toBeLessThan(60)
  }
})
