import { settled } from '@freshet/testing'
import { describe, expect, test } from 'vitest'
import { scene, stores } from '../support/loads.js'

describe.each(stores)('a clock that is set back, %s', (_, store) => {
  test('does not make an entry live longer', async () => {
    const { read, row, clock } = scene({ store: store() })
    await read()
    await settled()
    row.value = 'v1'
    clock.advance(-60_000)
    expect(await read()).toBe('v1')
  })

  test('does not make a stale one be served longer', async () => {
    const { read, row, clock } = scene({ store: store(), staleWhileRevalidate: '1h', staleIfError: '1h' })
    await read()
    await settled()
    row.value = 'v1'
    clock.advance(-60_000)
    expect(await read()).toBe('v1')
    row.failure = new Error('down')
    clock.advance(-60_000)
    await expect(read()).rejects.toBe(row.failure)
  })
})
