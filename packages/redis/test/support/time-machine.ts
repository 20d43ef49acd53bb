import { mastersOf, type TestClient } from './clients.js'

// Of an unsigned entry: see payload.ts.
const lengthAt = 9
const fixedBytes = 13

/**
 * Makes everything under a prefix older by `ms`, which is what it looks like when the server's clock has gone on by as
 * much: leases, entries and keys end sooner.
 *
 * All at a time: what this takes passes on the server's clock as well, and not on the cache's.
 */
export async function age(client: TestClient, prefix: string, ms: number): Promise<void> {
  const keys = await keysUnder(client, prefix)
  await Promise.all(keys.map((key) => ageKey(client, key, ms)))
}

/** Takes away everything under a prefix that is `chosen`. */
export async function remove(
  client: TestClient,
  prefix: string,
  chosen: (key: string) => boolean = () => true,
): Promise<void> {
  const keys = await keysUnder(client, prefix)
  await Promise.all(keys.filter(chosen).map((key) => client.call('del', key)))
}

export async function keysUnder(client: TestClient, prefix: string): Promise<readonly string[]> {
  const keys = await Promise.all(
    mastersOf(client).map(async (node) => (await node.call('keys', `${prefix}*`)) as string[]),
  )
  return keys.flat()
}

async function ageKey(client: TestClient, key: string, ms: number): Promise<void> {
  const [type, left] = await Promise.all([client.call('type', key), client.call('pttl', key)])
  // A list of entries is a help for who joins; it may be wrong about when they end.
  if (type !== 'string') return
  const ttlMs = Number(left)
  const value = (await client.callBuffer('get', key)) as Buffer | null
  if (value === null) return
  if (ttlMs <= ms) await client.call('del', key)
  else await client.call('set', key, older(value, ms), 'px', ttlMs - ms)
}

function older(value: Buffer, ms: number): Buffer {
  return value[0] === 1 ? olderEntry(value, ms) : olderTag(value, ms)
}

function olderTag(value: Buffer, ms: number): Buffer {
  const text = value.toString('latin1').replace(/:(\d+)/g, (_, expires) => `:${Number(expires) - ms}`)
  return Buffer.from(text, 'latin1')
}

function olderEntry(value: Buffer, ms: number): Buffer {
  const start = fixedBytes
  const end = start + value.readUInt32BE(lengthAt)
  const header = JSON.parse(value.toString('utf8', start, end)) as [
    string,
    number,
    number,
    number,
    ...unknown[],
  ]
  header[2] -= ms
  header[3] -= ms
  const text = Buffer.from(JSON.stringify(header))
  const fixed = Buffer.from(value.subarray(0, start))
  fixed.writeUInt32BE(text.length, lengthAt)
  return Buffer.concat([fixed, text, value.subarray(end)])
}
