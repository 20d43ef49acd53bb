import { FakeClock } from '@freshet/testing'
import { beforeEach, describe, expect, test } from 'vitest'
import { Generations } from '../../src/near/generations.js'
import type { Reading } from '../../src/readings.js'

const limitMs = 1_000
const epoch = 'e1'

/** The rule of near copies, moment by moment. Times are those of the process. */
describe.each(['bounded', 'eventual'])('what is known of generations, %s', (mode) => {
  let clock: FakeClock
  let sessions: Map<string, { heardAt: number }>
  let generations: Generations
  beforeEach(() => {
    clock = new FakeClock()
    sessions = new Map()
    const onlyPushed = mode === 'eventual'
    generations = new Generations({
      now: () => clock.now(),
      prefix: 'g:',
      maxKeys: 100,
      limitMs: () => limitMs,
      onlyPushed: () => onlyPushed,
      sessions: () => sessions,
    })
  })

  const reading = (generation: string, of = epoch): Reading => ({
    value: Buffer.from(generation),
    epoch: of,
    serverMicros: 0,
    localMs: 0,
  })
  const reply = (generation: string) => new Map([['g:user', reading(generation)]])
  const learn = (generation: string) => generations.answered(generations.ask(), reply(generation))
  const leftMs = (generation: string) =>
    generations.freshUntil(['g:user'], [`${generation}@${epoch}`]) - clock.now()
  const listen = () => {
    const session = { heardAt: -Infinity }
    sessions = new Map([[epoch, session]])
    return session
  }

  test('it counts from before the request was sent, not from the reply', () => {
    listen()
    const asking = generations.ask()
    clock.advance(300)
    generations.answered(asking, reply('g1'))
    expect(leftMs('g1')).toBe(limitMs - 300)
  })

  test('a push connection of which nothing was heard does not make it younger', () => {
    listen()
    learn('g1')
    clock.advance(400)
    expect(leftMs('g1')).toBe(limitMs - 400)
  })

  test('what was heard does', () => {
    const session = listen()
    learn('g1')
    clock.advance(400)
    session.heardAt = clock.now() - 100
    expect(leftMs('g1')).toBe(limitMs - 100)
  })

  test('the tag of which it is longest ago decides', () => {
    listen()
    generations.answered(generations.ask(), new Map([['g:team', reading('g7')]]))
    clock.advance(400)
    learn('g1')
    expect(generations.freshUntil(['g:user', 'g:team'], ['g1@e1', 'g7@e1']) - clock.now()).toBe(limitMs - 400)
  })

  test('what was heard does not, for a request that is older than the subscription', () => {
    const asking = generations.ask()
    const session = listen()
    generations.answered(asking, reply('g1'))
    clock.advance(400)
    session.heardAt = clock.now()
    if (mode === 'bounded') expect(leftMs('g1')).toBe(limitMs - 400)
    else expect(leftMs('g1')).toBe(-Infinity)
  })

  test('nor what was heard of another server', () => {
    sessions = new Map([['e2', { heardAt: clock.now() + 500 }]])
    learn('g1')
    expect(leftMs('g1')).toBe(mode === 'bounded' ? limitMs : -Infinity)
  })

  test('a change that is pushed while the request is on its way', () => {
    listen()
    const asking = generations.ask()
    generations.changed(['g:user'])
    generations.answered(asking, reply('g1'))
    expect(leftMs('g1')).toBe(-Infinity)
    expect(generations.agree(['g:user'], ['g1@e1'])).toBe(false)
  })

  test('also for a request that only asks whether it has changed', () => {
    listen()
    learn('g1')
    const asking = generations.ask()
    generations.changed(['g:user'])
    generations.confirmed(asking, ['g:user'], ['g1@e1'])
    expect(leftMs('g1')).toBe(-Infinity)
  })

  test('a gap while the request is on its way', () => {
    listen()
    const asking = generations.ask()
    generations.lost()
    generations.answered(asking, reply('g1'))
    expect(leftMs('g1')).toBe(-Infinity)
  })

  test('a change makes it forgotten, and so does a gap', () => {
    listen()
    learn('g1')
    generations.changed(['g:user'])
    expect(leftMs('g1')).toBe(-Infinity)
    learn('g1')
    generations.lost()
    expect(leftMs('g1')).toBe(-Infinity)
  })

  test('another generation, another epoch and a mark are not what a copy was loaded under', () => {
    listen()
    for (const value of ['g2', 'g1|w:1']) {
      learn(value)
      expect(leftMs('g1')).toBe(-Infinity)
    }
    generations.answered(generations.ask(), new Map([['g:user', reading('g1', 'e2')]]))
    expect(leftMs('g1')).toBe(-Infinity)
  })

  test('a tag that has none is not known', () => {
    listen()
    learn('g1')
    generations.answered(generations.ask(), new Map([['g:user', { ...reading('g1'), value: undefined }]]))
    expect(leftMs('g1')).toBe(-Infinity)
  })

  test('a reply that was overtaken by a later one does not bring back what it says', () => {
    listen()
    const first = generations.ask()
    clock.advance(1)
    learn('g2')
    generations.answered(first, reply('g1'))
    expect(leftMs('g2')).toBe(limitMs)
  })

  test('asking again makes it younger', () => {
    listen()
    learn('g1')
    clock.advance(400)
    generations.confirmed(generations.ask(), ['g:user'], ['g1@e1'])
    expect(leftMs('g1')).toBe(limitMs)
  })

  test('the coldest are forgotten, and what is asked for again and again stays', () => {
    learn('g1')
    for (let i = 0; i < 1_000; i++) {
      generations.answered(generations.ask(), new Map([[`g:${i}`, reading('x')]]))
      learn('g1')
      expect(generations.size).toBeLessThanOrEqual(110)
    }
    expect(generations.agree(['g:user'], ['g1@e1'])).toBe(true)
    expect(generations.agree(['g:0'], ['x@e1'])).toBe(false)
    expect(generations.agree(['g:999'], ['x@e1'])).toBe(true)
  })
})
