import { randomBytes } from 'node:crypto'
import { decimalType } from '@freshet/core/adapter'
import { Decimal } from '@prisma/client-runtime-utils'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { sharedRedis } from '../../../test/services/shared.js'
import { createKeys } from '../src/keys.js'
import { connectTo, type TestClient } from './support/clients.js'
import { TestDatabase, type TestProcess } from './support/process.js'
import { tracked, type TrackedClient } from './support/tracked-client.js'

const secret = 'a secret of enough bytes'
let client: TestClient
let watched: TrackedClient
let database: TestDatabase
let prefix: string

beforeAll(async () => {
  client = await connectTo(await sharedRedis())
  watched = tracked(client)
})
beforeEach(() => {
  prefix = `payloads:${randomBytes(6).toString('hex')}:`
  database = new TestDatabase()
})
afterAll(() => client.disconnect())

const keyOf = (key: string) => createKeys(prefix).entry(`s:${key}`)
const stored = async () => (await client.callBuffer('get', keyOf('k'))) as Buffer

async function read(process: TestProcess): Promise<unknown> {
  const row = await process.read()
  await watched.idle()
  return row
}

const changed = (bytes: Buffer, at: number, byte: number): Buffer => {
  const copy = Buffer.from(bytes)
  copy.writeUInt8(byte, at)
  return copy
}

const damages: Readonly<Record<string, (bytes: Buffer) => Buffer>> = {
  'nothing at all': () => Buffer.alloc(0),
  'random bytes': (bytes) => randomBytes(bytes.length),
  'a text': () => Buffer.from('{"v":1}'),
  'another version': (bytes) => changed(bytes, 0, 99),
  'the first half': (bytes) => bytes.subarray(0, bytes.length / 2),
  'all but the last byte': (bytes) => bytes.subarray(0, -1),
  'all but the value': (bytes) => bytes.subarray(0, 13 + bytes.readUInt32BE(9)),
  'a header that is too long': (bytes) => changed(bytes, 9, 255),
  'a header that is no list': (bytes) => changed(bytes, 13, 0x7b),
  'a value of another version': (bytes) => changed(bytes, 13 + bytes.readUInt32BE(9), 99),
}

describe.each(Object.entries(damages))('an entry replaced by %s', (_, damage) => {
  test('is a miss and an event, and is replaced', async () => {
    const process = database.connect(watched, { prefix })
    await read(process)
    await client.call('set', keyOf('k'), damage(await stored()))
    database.row = 'v1'
    expect([await read(process), await read(process)]).toEqual(['v1', 'v1'])
    expect(database.loads).toBe(2)
    expect(process.failures).toEqual([expect.stringMatching(/^read entry: /)])
  })

  test('is deleted, also when nobody stores another', async () => {
    const process = database.connect(watched, { prefix })
    await read(process)
    await client.call('set', keyOf('k'), damage(await stored()))
    expect(await process.cache.get('k')).toBeUndefined()
    await watched.idle()
    expect(await client.call('exists', keyOf('k'))).toBe(0)
  })
})

describe('an entry', () => {
  test('of another key is not served', async () => {
    const process = database.connect(watched, { prefix })
    await process.cache.set('other', "somebody else's", { tags: ['User'] })
    await client.call('copy', keyOf('other'), keyOf('k'))
    expect(await read(process)).toBe('v0')
    expect(process.failures).toEqual([expect.stringMatching(/belongs to another key/)])
  })

  test('of another namespace is not served, although the key is the same', async () => {
    const process = database.connect(watched, { prefix })
    const inner = process.cache.namespace('inner')
    await inner.set('k', 'inner')
    const innerKey = createKeys(prefix).entry('>inner\u0000s:k')
    await client.call('copy', innerKey, keyOf('k'))
    expect(await process.cache.get('k')).toBeUndefined()
  })

  test('comes back with its types', async () => {
    const process = database.connect(watched, { prefix })
    const value = {
      when: new Date(7),
      big: 10n,
      bytes: Buffer.from('x'),
      none: undefined,
      list: [-0, Number.NaN, null],
    }
    await process.cache.set('k', value)
    expect(await process.cache.get('k')).toStrictEqual(value)
  })

  test('that cannot be encoded is returned, told and not stored', async () => {
    class Money {
      readonly cents = 5
    }
    const process = database.connect(watched, { prefix })
    const load = () => ({ price: new Money() })
    expect(await process.cache.getOrSet('k', load)).toEqual({ price: { cents: 5 } })
    await watched.idle()
    expect(await client.call('exists', keyOf('k'))).toBe(0)
    expect(process.failures).toHaveLength(1)
  })

  test('comes back with the decimals of an ORM whose class was registered', async () => {
    const process = database.connect(watched, { prefix, types: [decimalType(Decimal)] })
    await process.cache.set('k', { price: new Decimal('0.10') })
    const found = await process.cache.get<{ price: Decimal }>('k')
    expect(found?.price).toBeInstanceOf(Decimal)
    expect(found?.price.plus(1).toFixed()).toBe('1.1')
  })
})

describe('with a secret', () => {
  test('what another process signed with it is served', async () => {
    const one = database.connect(watched, { prefix, secret })
    const other = database.connect(watched, { prefix, secret })
    await read(one)
    expect(await read(other)).toBe('v0')
    expect(database.loads).toBe(1)
  })

  test.each(['another secret of enough bytes', undefined])(
    'what was written with %j is not',
    async (otherSecret) => {
      const other = database.connect(watched, {
        prefix,
        ...(otherSecret === undefined ? {} : { secret: otherSecret }),
      })
      await read(other)
      database.row = 'v1'
      const process = database.connect(watched, { prefix, secret })
      expect(await read(process)).toBe('v1')
      expect(process.failures).toEqual([expect.stringMatching(/^read entry: /)])
    },
  )

  test('a value that was changed is not served', async () => {
    const process = database.connect(watched, { prefix, secret })
    await read(process)
    const bytes = await stored()
    const at = bytes.lastIndexOf('v0')
    await client.call('set', keyOf('k'), changed(bytes, at + 1, 0x37))
    expect(await read(process)).toBe('v0')
    expect(process.failures).toEqual([expect.stringMatching(/signature/)])
  })
})
