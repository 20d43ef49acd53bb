import { FakeClock, HeldLoader, settled, testCache } from '@freshet/testing'
import { expect, test } from 'vitest'
import { Flights } from '../src/flight.js'
import type { Flight, Landed } from '../src/flight.js'
import type { Vector } from '../src/store.js'

const landing = (value: unknown): Landed => ({ value, copy: undefined, lackedTags: undefined })
const vector = (id: string): Vector => ({ id, usable: true })

function open(flights: Flights, key: string, id = ''): Flight {
  return flights.start(key, { tags: [] }, vector(id))
}

test('a load is found by its key and its vector alone', () => {
  const flights = new Flights(new FakeClock(), 1_000)
  const loads = [open(flights, 'k', '1'), open(flights, 'k', '2'), open(flights, 'other', '1')]
  expect(flights.find('k', vector('1'))).toBe(loads[0])
  expect(flights.find('k', vector('2'))).toBe(loads[1])
  expect(flights.find('other', vector('1'))).toBe(loads[2])
  expect(flights.find('k', vector('3'))).toBeUndefined()
  expect(flights.find('nothing', vector('1'))).toBeUndefined()
})

test.each([
  [0, 1, 2],
  [2, 1, 0],
  [1, 2, 0],
])('loads of one key leave in any order: %i, %i, %i', (...order) => {
  const flights = new Flights(new FakeClock(), 1_000)
  const loads = ['a', 'b', 'c'].map((id) => open(flights, 'k', id))
  const left = new Set(loads)
  for (const index of order) {
    flights.end(loads[index]!)
    left.delete(loads[index]!)
    expect(flights.size).toBe(left.size)
    expect(loads.map(({ vector }) => flights.find('k', vector))).toEqual(
      loads.map((load) => (left.has(load) ? load : undefined)),
    )
  }
})

test('what a load leaves, or its error, reaches all that joined it', async () => {
  const flights = new Flights(new FakeClock(), 1_000)
  const [good, bad] = [open(flights, 'a'), open(flights, 'b')]
  const joining = [good, good, bad, bad].map((flight) => flights.join(flight).catch((error: Error) => error))
  good.land(landing(1))
  bad.fail(new Error('no'))
  expect(await Promise.all(joining)).toEqual([landing(1), landing(1), new Error('no'), new Error('no')])
  expect([good.joiners, bad.joiners]).toEqual([2, 2])
})

test('loads that never end are given up in the end, oldest first, and are not to be stored', () => {
  const flights = new Flights(new FakeClock(), 1_000)
  const oldest = open(flights, '0')
  for (let i = 1; i < 20_000; i++) open(flights, String(i % 15_000), String(i))
  expect(flights.size).toBeLessThanOrEqual(10_000)
  expect(oldest.superseded).toBe(true)
  expect(flights.find('0', vector(''))).toBeUndefined()
  expect(flights.find(String(19_999 % 15_000), vector('19999'))?.superseded).toBe(false)
  const before = flights.size
  flights.end(oldest)
  expect(flights.size).toBe(before)
})

test('superseding a key leaves the loads of others alone', () => {
  const flights = new Flights(new FakeClock(), 1_000)
  const loads = ['a', 'a', 'b'].map((key, id) => open(flights, key, String(id)))
  flights.supersede('a')
  expect(loads.map(({ superseded }) => superseded)).toEqual([true, true, false])
  expect(flights.find('a', vector('0'))).toBeUndefined()
  expect(flights.find('b', vector('2'))).toBe(loads[2])
})

test('however many join, they set one timer', async () => {
  const clock = new FakeClock()
  const flights = new Flights(clock, 1_000)
  const loads = [open(flights, 'a'), open(flights, 'b')]
  const joining = [...loads, ...loads].map((flight) => flights.join(flight))
  await settled()
  joining.push(...loads.map((flight) => flights.join(flight)))
  expect(clock.pending).toBe(1)
  for (const flight of loads) flight.land(landing(1))
  expect((await Promise.all(joining)).map((landed) => landed?.value)).toEqual([1, 1, 1, 1, 1, 1])
})

test('each who joins waits as long as another, from when they joined', async () => {
  const clock = new FakeClock()
  const flights = new Flights(clock, 1_000)
  const flight = open(flights, 'a')
  const early = flights.join(flight)
  await settled()
  clock.advance(600)
  const late = flights.join(flight)
  await clock.pass(400)
  expect(await early).toBeUndefined()
  expect(flights.find('a', vector(''))).toBeUndefined()
  flight.land(landing(1))
  expect((await late)?.value).toBe(1)
})

test('while an outcome is in doubt, a read that names its tags itself does not join an earlier load', async () => {
  const { cache } = testCache()
  const loader = new HeldLoader<string>()
  const read = () =>
    cache.getOrSet('k', ({ setTags }) => {
      setTags(['User'])
      return loader.load()
    })
  const learning = read()
  await settled()
  loader.land('any')
  await learning
  await expect(cache.write(['User'], () => Promise.reject(new Error('lost')))).rejects.toThrow('lost')
  const early = read()
  await settled()
  const late = read()
  await settled()
  expect(loader.count).toBe(3)
  loader.land('before the commit', 1)
  loader.land('after it', 2)
  expect(await Promise.all([early, late])).toEqual(['before the commit', 'after it'])
})
