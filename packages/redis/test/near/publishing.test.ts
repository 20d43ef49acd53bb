import { expect, test } from 'vitest'
import { publishing } from '../../src/push/publishing.js'

/** One process's way to be told by the server of a cluster that has this key. */
const way = (key: string) =>
  publishing(
    { keyPrefix: '', generationPrefix: 'g:', beatPrefix: 'b:me:', beatKey: (text) => key + text },
    () => false,
  )

test('a heartbeat of one server is not taken for that of another, which hands on its echo', () => {
  const echoes = ['b:me:{one}', 'b:me:{two}'].map((key) => way(key).beat('1')!.echo)
  expect(new Set(echoes).size).toBe(2)
})

test('what others say on other channels says nothing', () => {
  expect(way('b:me:').told('b:another:', 'echo')).toBeUndefined()
  expect(way('b:me:').told('g:', 'g:user\ng:post')).toEqual({ changed: ['g:user', 'g:post'], echoes: [] })
})
