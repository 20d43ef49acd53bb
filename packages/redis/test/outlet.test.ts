import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { sharedRedis } from '../../../test/services/shared.js'
import type { CommandPart } from '../src/client.js'
import { clientWire, type Command } from '../src/wire.js'
import { connectTo, ioredisVersions, type TestClient } from './support/clients.js'
import { type OddProxy, type Passage, startOddProxy } from './support/odd-proxy.js'

let runs = 0

describe.each(ioredisVersions)('%s', (version) => {
  let proxy: OddProxy
  let client: TestClient
  let key: string
  let decide: (connection: number, sent: string) => Passage
  const sent: string[] = []

  beforeEach(async () => {
    const target = await sharedRedis()
    decide = () => 'pass'
    proxy = await startOddProxy(target, (connection, text) => {
      sent.push(text)
      return decide(connection, text)
    })
    key = `packet:${process.pid}:${runs++}`
  })

  afterEach(async () => {
    client.disconnect()
    await proxy.stop()
  })

  async function connect(options: Readonly<Record<string, unknown>> = {}) {
    client = await connectTo(proxy, version, options)
    await Promise.all(['one', 'two'].map((value, at) => client.call('set', `${key}:${at + 1}`, value)))
    sent.length = 0
  }

  const get = (which: number): Command => ({ name: 'get', parts: [`${key}:${which}`] })
  const textsOf = async (replies: readonly Promise<unknown>[]) => (await Promise.all(replies)).map(String)

  test('two commands are written as one, and are answered each', async () => {
    await connect()
    const written: unknown[] = []
    const stream = client.stream!
    const write = stream.write.bind(stream)
    stream.write = (data: string | Buffer) => {
      written.push(data)
      return write(data)
    }
    expect(await textsOf(clientWire(client).send([get(1), get(2)]))).toEqual(['one', 'two'])
    expect(written).toHaveLength(1)
  })

  test('what a client puts before keys is put before theirs', async () => {
    await connect({ keyPrefix: 'prefixed:' })
    expect(await textsOf(clientWire(client).send([get(1), get(2)]))).toEqual(['one', 'two'])
    expect(sent[0]).toContain(`prefixed:${key}:1`)
  })

  test('a client that gathers the commands of its user sends these as they are', async () => {
    await connect({ enableAutoPipelining: true })
    expect(await textsOf(clientWire(client).send([get(1), get(2)]))).toEqual(['one', 'two'])
    expect(await textsOf(clientWire(client).send([get(1)]))).toEqual(['one'])
  })

  test('bytes and texts keep their order', async () => {
    await connect()
    const bytes = Buffer.from([0, 255, 13, 10])
    const parts = (value: CommandPart): Command => ({ name: 'set', parts: [`${key}:1`, value] })
    for (const commands of [
      [parts('text'), parts(bytes)],
      [parts(bytes), parts('text')],
    ] as const) {
      expect(await textsOf(clientWire(client).send(commands))).toEqual(['OK', 'OK'])
      expect(await client.callBuffer('get', `${key}:1`)).toEqual(Buffer.from(commands[1].parts[1] as string))
    }
  })

  test('one that the server refuses leaves the other its answer', async () => {
    await connect()
    const wrong: Command = { name: 'lpush', parts: [`${key}:1`, 'a'] }
    const [refused, answered] = clientWire(client).send([wrong, get(2)])
    await expect(refused).rejects.toThrow(/WRONGTYPE/)
    expect(String(await answered)).toBe('two')
  })

  test('commands that a client sends once more on another connection arrive there, and nothing gets another answer', async () => {
    await connect()
    decide = (connection, text) => (connection === 1 && text.includes(`${key}:1`) ? 'end' : 'pass')
    const replies = clientWire(client).send([get(1), get(2)])
    expect(await textsOf(replies)).toEqual(['one', 'two'])
    expect(proxy.made).toBe(2)
    expect(await textsOf([client.callBuffer('get', `${key}:2`)])).toEqual(['two'])
  })

  test('commands that come while there is no connection are kept by the client, and arrive', async () => {
    await connect()
    const ended = new Promise<void>((resolve) => client.once('close', resolve))
    decide = (connection) => (connection === 1 ? 'end' : 'pass')
    client.callBuffer('ping').catch(() => undefined)
    await ended
    const replies = clientWire(client).send([get(1), get(2)])
    expect(await textsOf(replies)).toEqual(['one', 'two'])
  })

  test('a client that refuses at once fails each', async () => {
    await connect({ enableOfflineQueue: false, retryStrategy: () => null })
    client.disconnect()
    await new Promise<void>((resolve) => client.once('end', resolve))
    for (const reply of clientWire(client).send([get(1), get(2)])) await expect(reply).rejects.toThrow()
  })
})
