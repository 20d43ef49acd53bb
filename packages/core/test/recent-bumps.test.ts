import { expect, test } from 'vitest'
import { forgotten } from '../src/memory-vector.js'
import { RecentBumps } from '../src/recent-bumps.js'

const half = 2048

function bump(bumps: RecentBumps, name: string, generation: number): void {
  if (bumps.isFull) bumps.makeRoom(generation - 1)
  bumps.stateToChange(name).generation = generation
}

function bumpAll(bumps: RecentBumps, from: number, to: number): void {
  for (let generation = from; generation <= to; generation++) bump(bumps, `post#${generation}`, generation)
}

test('a tag was changed when it was last changed', () => {
  const bumps = new RecentBumps()
  bump(bumps, 'post#1', 5)
  bump(bumps, 'post#1', 7)
  expect(bumps.latestOf('post#1')).toBe(7)
})

test('a tag of which nothing is remembered may have been changed as late as the latest that was forgotten', () => {
  const bumps = new RecentBumps()
  expect(bumps.latestOf('post#1')).toBe(0)
  bumpAll(bumps, 1, half)
  expect([bumps.latestOf('post#1'), bumps.latestOf('post#other')]).toEqual([1, 0])
  bumpAll(bumps, half + 1, 2 * half + 1)
  expect([bumps.latestOf('post#1'), bumps.latestOf(`post#${half + 1}`)]).toEqual([half, half + 1])
  bumps.forget(9000)
  expect(bumps.latestOf('post#1')).toBe(9000)
})

test('a tag that is changed again is remembered from then on', () => {
  const bumps = new RecentBumps()
  bump(bumps, 'post#0', 1)
  bumpAll(bumps, 2, 4000)
  bump(bumps, 'post#0', 5000)
  bumpAll(bumps, 5001, 6000)
  expect(bumps.latestOf('post#0')).toBe(5000)
})

test('a tag that the store has remembered since, and forgotten, may have been changed as late as the store says', () => {
  const bumps = new RecentBumps()
  bump(bumps, 'post#1', 5)
  bumps.forget(8)
  bumps.stateOf('post#1').generation = forgotten
  expect(bumps.latestOf('post#1')).toBe(8)
  expect(bumps.stateOf('post#1').generation).toBe(8)
})
