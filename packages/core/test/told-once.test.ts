import { expect, test } from 'vitest'
import { ToldOnce } from '../src/told-once.js'

test('what a change tells of a key is worked out once, and of each key by itself', () => {
  const asked: string[] = []
  const tell = (of: string) => (key: readonly string[]) => {
    asked.push(`${of} ${key.join('+')}`)
    return key.length > 1 ? undefined : [[`${of} of ${key[0]}`]]
  }
  const told = new ToldOnce({
    touched: tell('touched'),
    entering: tell('entering'),
    after: (column) => tell('after')(column)?.flat(),
    moved: () => ({ by: 2n, min: 0n, max: 9n }),
    changed: 3,
    schema: 'shop',
  })
  for (let times = 0; times < 2; times++) {
    expect(told.touched(['id'])).toEqual([['touched of id']])
    expect(told.touched(['no'])).toEqual([['touched of no']])
    expect(told.touched(['id', 'no'])).toBeUndefined()
    expect(told.entering(['id'])).toEqual([['entering of id']])
    expect(told.after(['id'])).toEqual(['after of id'])
  }
  expect(asked).toEqual(['touched id', 'touched no', 'touched id+no', 'entering id', 'after id'])
  expect([told.moved(['id'])?.by, told.changed, told.schema]).toEqual([2n, 3, 'shop'])
})

test('a column may be called as two are that are told together', () => {
  const told = new ToldOnce({
    touched: (key) => [[String(key.length)]],
    entering: () => [],
    after: () => undefined,
  })
  expect([told.touched(['a', 'b']), told.touched(['a,b'])]).toEqual([[['2']], [['1']]])
})
