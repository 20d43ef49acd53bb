import { FakeClock } from '@freshet/testing'
import { expect, test } from 'vitest'
import { Deadlines } from '../src/deadlines.js'

function scene() {
  const clock = new FakeClock()
  const deadlines = new Deadlines(clock)
  const late: string[] = []
  const start = (name: string, ms: number) => deadlines.start(ms, () => late.push(name))
  return { clock, deadlines, late, start }
}

test('each is called once, when its time is up', () => {
  const { clock, late, start } = scene()
  start('second', 20)
  start('first', 10)
  clock.advance(9)
  expect(late).toEqual([])
  clock.advance(1)
  expect(late).toEqual(['first'])
  clock.advance(10)
  expect(late).toEqual(['first', 'second'])
  clock.advance(100)
  expect(late).toEqual(['first', 'second'])
})

test('one that is ended before is not called, and only its first end was in time', () => {
  const { clock, deadlines, late, start } = scene()
  const [one, other] = [start('one', 10), start('other', 10)]
  expect(deadlines.end(one)).toBe(true)
  expect(deadlines.end(one)).toBe(false)
  clock.advance(10)
  expect(late).toEqual(['other'])
  expect(deadlines.end(other)).toBe(false)
})

test('one that the call of another one ends is not called', () => {
  const { clock, deadlines, late, start } = scene()
  deadlines.start(10, () => void deadlines.end(third))
  start('second', 10)
  const third = start('third', 10)
  clock.advance(10)
  expect(late).toEqual(['second'])
})

test('one that is started by the call of another one is called when its own time is up', () => {
  const { clock, deadlines, late, start } = scene()
  deadlines.start(10, () => void start('later', 5))
  start('long', 1_000)
  clock.advance(10)
  expect(late).toEqual([])
  clock.advance(5)
  expect(late).toEqual(['later'])
})
