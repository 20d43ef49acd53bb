import { FakeClock, HeldLoader } from '@freshet/testing'
import { expect, test } from 'vitest'

test('it stands still until it is moved, and runs what is due in its order', () => {
  const clock = new FakeClock()
  const ran: string[] = []
  clock.setTimer(() => ran.push('late'), 20)
  clock.setTimer(() => ran.push('early'), 10)
  const cancel = clock.setTimer(() => ran.push('cancelled'), 15)
  cancel()
  const start = clock.now()
  clock.advance(19)
  expect(ran).toEqual(['early'])
  expect([clock.now() - start, clock.pending, clock.nextInMs]).toEqual([19, 1, 1])
  clock.advance(1)
  expect(ran).toEqual(['early', 'late'])
})

test('pass lets what a timer starts happen before the next one runs', async () => {
  const clock = new FakeClock()
  const ran: string[] = []
  const tick = () => void clock.setTimer(() => void work(), 10)
  const work = async () => {
    ran.push(`begins at ${clock.now()}`)
    await Promise.resolve()
    ran.push(`ends at ${clock.now()}`)
    tick()
  }
  tick()
  const start = clock.now()
  await clock.pass(25)
  expect(ran).toEqual([10, 20].flatMap((ms) => [`begins at ${start + ms}`, `ends at ${start + ms}`]))
  expect(clock.now() - start).toBe(25)
})

test('a loader says so when it is to land a load that has not begun', async () => {
  const loader = new HeldLoader<number>()
  expect(() => loader.land(1)).toThrow(/was asked 0 times/)
  const first = loader.load()
  loader.landAll(2)
  expect(await Promise.all([first, loader.load()])).toEqual([2, 2])
})
