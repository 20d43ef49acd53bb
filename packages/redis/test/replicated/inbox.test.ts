import { HeldLoader } from '@freshet/testing'
import { expect, test } from 'vitest'
import { createCodec, type StoreContext } from '@freshet/core/store'
import { payloadFormat } from '../../src/payload.js'
import type { Arrival, Arrivals } from '../../src/replicated/arrivals.js'
import { handMessage, Inbox } from '../../src/replicated/inbox.js'

const format = payloadFormat(createCodec({}), undefined)
const message = (identity: string) =>
  format.write(
    { identity, names: ['t'], stamps: ['g@e'], readAtMicros: 1, storedAt: 1, expiresAt: 2, loadMs: 0 },
    format.encode('x'.repeat(1_000)),
    false,
  ) as Buffer
const turn = async () => await new Promise((resolve) => setImmediate(resolve))

function open(maxBytes: number) {
  const keeping = new HeldLoader<void>()
  const kept: string[][] = []
  const told = { missed: 0, hand: 0, failures: 0 }
  const keep = async (arrivals: readonly Arrival[]) => {
    kept.push(arrivals.map(({ payload }) => payload.header.identity))
    await keeping.load()
  }
  const inbox = new Inbox({
    arrivals: { keep } as Arrivals,
    format,
    context: { failed: () => void told.failures++ } as unknown as StoreContext,
    maxBytes,
    onMissed: () => void told.missed++,
    onHand: () => void told.hand++,
  })
  return { inbox, keeping, kept, told }
}

test('what comes in one turn, and while others are looked at, is looked at together', async () => {
  const { inbox, keeping, kept } = open(100_000)
  for (const name of ['a', 'b']) inbox.add(message(name))
  await turn()
  for (const name of ['c', 'd', 'e']) inbox.add(message(name))
  await turn()
  expect(kept).toEqual([['a', 'b']])
  keeping.land(undefined)
  await turn()
  expect(kept).toEqual([
    ['a', 'b'],
    ['c', 'd', 'e'],
  ])
})

test('more than may wait is dropped, and told of once, when there is time to make up for it', async () => {
  const { inbox, keeping, kept, told } = open(5_000)
  inbox.add(message('a'))
  await turn()
  for (let i = 0; i < 40; i++) inbox.add(message(`b${i}`))
  await turn()
  expect(told.missed).toBe(0)
  keeping.land(undefined)
  await turn()
  const waited = kept.slice(1).flat().length
  expect(waited).toBeLessThan(6)
  while (keeping.count > 1 && told.missed === 0) {
    keeping.land(undefined, keeping.count - 1)
    await turn()
  }
  expect(told.missed).toBe(1)
})

test('garbage fails, and the rest is kept', async () => {
  const { inbox, kept, told } = open(100_000)
  for (const bytes of [Buffer.from('garbage'), message('a')]) inbox.add(bytes)
  await turn()
  expect(kept).toEqual([['a']])
  expect(told.failures).toBe(1)
})

test('a change by hand carries nothing', async () => {
  const { inbox, kept, told } = open(100_000)
  inbox.add(handMessage)
  await turn()
  expect([kept, told.hand]).toEqual([[], 1])
})
