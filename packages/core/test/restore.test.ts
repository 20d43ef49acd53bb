import { held } from '@freshet/testing'
import { expect, test } from 'vitest'
import { createCache } from '../src/index.js'
import { engineOf } from '../src/adapter.js'
import type { ReadRequest } from '../src/adapter.js'

class Account {
  readonly id: number

  constructor(id: number) {
    this.id = id
  }
}

interface Stored {
  readonly id: number
}

/** A read of plain data whose answers are accounts; `seen` are the values that they were made of. */
function accountRead(load: ReadRequest['load']) {
  const { reader, space, policy } = engineOf(createCache())!
  const seen: unknown[] = []
  const restore = (value: unknown) => {
    seen.push(value)
    return new Account((value as Stored).id)
  }
  const request: ReadRequest = {
    space,
    policy,
    key: 'k:account',
    dependencies: { tags: ['account'] },
    load,
    restore,
  }
  return { seen, reader, request, read: async () => reader.read(request) }
}

test('every answer is restored: the one that was loaded, those that joined it, and hits', async () => {
  const rows = held<Stored>()
  const { read } = accountRead(() => rows.promise)
  const answers = [read(), read(), read()]
  rows.resolve({ id: 7 })
  const accounts = [...(await Promise.all(answers)), await read()]
  expect(accounts).toStrictEqual([new Account(7), new Account(7), new Account(7), new Account(7)])
  expect(new Set(accounts).size).toBe(4)
})

test('hits are restored from one value, which is not the one that was loaded', async () => {
  const loaded = { id: 7 }
  const { read, seen } = accountRead(() => loaded)
  await read()
  loaded.id = 8
  expect([await read(), await read()]).toStrictEqual([new Account(7), new Account(7)])
  expect(seen[1]).toBe(seen[2])
  expect(seen[1]).not.toBe(loaded)
})

test('what goes past the cache is restored too', async () => {
  const { reader, request } = accountRead(() => ({ id: 7 }))
  expect(await reader.bypass(request, 'off')).toStrictEqual(new Account(7))
})

test('a restored value that cannot be stored is restored for whoever loaded it, and loaded again by those who joined', async () => {
  const first = held<unknown>()
  let loads = 0
  const { read } = accountRead(() => (loads++ === 0 ? first.promise : { id: 8 }))
  const answers = [read(), read()]
  first.resolve(new Account(7))
  expect(await Promise.all(answers)).toStrictEqual([new Account(7), new Account(8)])
})

test('what restoring throws reaches the caller, whichever way the answer came', async () => {
  const { reader, request } = accountRead(() => ({ id: 7 }))
  const failing = {
    ...request,
    restore: () => {
      throw new Error('a listener failed')
    },
  }
  await expect((async () => reader.read(failing))()).rejects.toThrow('a listener failed')
  await expect((async () => reader.read(failing))()).rejects.toThrow('a listener failed')
})
