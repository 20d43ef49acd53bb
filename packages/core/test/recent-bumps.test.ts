import { expect, test } from 'vitest'
import { RecentBumps } from '../src/recent-bumps.js'

test('a tag was changed when it was last changed', () => {
  const bumps = new RecentBumps()
  bumps.add('post#1', 5)
  bumps.add('post#1', 7)
  expect(bumps.latestOf('post#1')).toBe(7)
})

test('a tag of which nothing is remembered may have been changed as late as the latest that was forgotten', () => {
  const bumps = new RecentBumps()
  expect(bumps.latestOf('post#1')).toBe(0)
  for (let generation = 1; generation <= 2048; generation++) bumps.add(`post#${generation}`, generation)
  expect([bumps.latestOf('post#1'), bumps.latestOf('post#other')]).toEqual([1, 0])
  for (let generation = 2049; generation <= 4097; generation++) bumps.add(`post#${generation}`, generation)
  expect([bumps.latestOf('post#1'), bumps.latestOf('post#2049')]).toEqual([2048, 2049])
  bumps.forget(9000)
  expect(bumps.latestOf('post#1')).toBe(9000)
})

test('a tag that is changed again is remembered from then on', () => {
  const bumps = new RecentBumps()
  bumps.add('post#0', 1)
  for (let generation = 2; generation <= 4000; generation++) bumps.add(`post#${generation}`, generation)
  bumps.add('post#0', 5000)
  for (let generation = 5001; generation <= 6000; generation++) bumps.add(`post#${generation}`, generation)
  expect(bumps.latestOf('post#0')).toBe(5000)
})
