import { held, settled } from '@freshet/testing'
import { expect, test } from 'vitest'
import { InOrder } from '../src/in-order.js'

test('a change of a key waits for the one before it, also if that fails, and other keys do not', async () => {
  const changes = new InOrder()
  const first = held()
  const done: string[] = []
  const failing = changes.run('a', async () => await first.promise)
  const second = changes.run('a', async () => void done.push('a'))
  await changes.run('b', async () => void done.push('b'))
  await settled()
  expect(done).toEqual(['b'])
  first.reject(new Error('lost'))
  await expect(failing).rejects.toThrow('lost')
  await second
  expect(done).toEqual(['b', 'a'])
})
