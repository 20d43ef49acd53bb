import { expect, test } from 'vitest'
import { Flights } from '../src/flight.js'
import type { Landed } from '../src/flight.js'
import { FakeClock } from './support/fake-clock.js'
import { held, settled } from './support/held.js'

const landing = (value: unknown): Landed => ({ value, copy: undefined, lackedTags: undefined })
const never = (): Promise<Landed> => new Promise(() => undefined)

test('a key and a vector cannot be mistaken for another pair', () => {
  const flights = new Flights(new FakeClock(), 1_000)
  flights.start('2,k', '1,', never)
  expect(flights.find('2,k', '1,')).toBeDefined()
  expect(flights.find('k', '1,2,')).toBeUndefined()
  expect(flights.find(',2,k', '1')).toBeUndefined()
})

test('a load leaves when it has landed, also if it was rejected', async () => {
  const flights = new Flights(new FakeClock(), 1_000)
  const landed = held<Landed>()
  const rejected = held<Landed>()
  flights.start('a', '', () => landed.promise)
  const failing = flights.start('a', '1', () => rejected.promise).landed.catch(() => 'rejected')
  expect(flights.size).toBe(2)
  landed.resolve(landing(1))
  rejected.reject(new Error('no'))
  expect(await failing).toBe('rejected')
  await settled()
  expect(flights.size).toBe(0)
  expect(flights.find('a', '')).toBeUndefined()
})

test('loads that never end are given up in the end, oldest first, and are not to be stored', () => {
  const flights = new Flights(new FakeClock(), 1_000)
  const oldest = flights.start('0', '', never)
  for (let i = 1; i < 20_000; i++) flights.start(String(i % 15_000), String(i), never)
  expect(flights.size).toBeLessThanOrEqual(10_000)
  expect(oldest.superseded).toBe(true)
  expect(flights.find('0', '')).toBeUndefined()
  expect(flights.find(String(19_999 % 15_000), '19999')?.superseded).toBe(false)
})

test('superseding a key leaves the loads of others alone', () => {
  const flights = new Flights(new FakeClock(), 1_000)
  const loads = ['a', 'a', 'b'].map((key, vector) => flights.start(key, String(vector), never))
  flights.supersede('a')
  expect(loads.map(({ superseded }) => superseded)).toEqual([true, true, false])
  expect(flights.find('a', '0')).toBeUndefined()
  expect(flights.find('b', '2')).toBe(loads[2])
})

test('joining sets one timer and takes it back', async () => {
  const clock = new FakeClock()
  const flights = new Flights(clock, 1_000)
  const landed = held<Landed>()
  const flight = flights.start('a', '', () => landed.promise)
  const joining = flights.join(flight)
  expect(clock.pending).toBe(1)
  landed.resolve(landing(1))
  expect((await joining)?.value).toBe(1)
  expect(clock.pending).toBe(0)
})
