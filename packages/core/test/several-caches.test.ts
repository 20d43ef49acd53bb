import type { StoreFactory } from '@freshet/core'
import { held } from '@freshet/testing'
import { beforeEach, describe, expect, test } from 'vitest'
import { Binding } from '../src/binding.js'
import { createCache } from '../src/create-cache.js'
import type { CacheOptions } from '../src/create-cache.js'
import { engineOf } from '../src/engine.js'
import { memoryStore } from '../src/memory-store.js'
import type { Intent } from '../src/store.js'
import type { TappedPlace } from '../src/tapped-writes.js'
import { autocommit } from '../src/tapped-writes.js'
import { Observers } from '../src/observers.js'

interface Statement {
  readonly sql: string
  readonly kind: 'write'
  readonly isSingle: true
  readonly unknownReason: undefined
}

/** What the stores were asked, and when the statement was sent. */
let steps: string[]
let observers: Observers<Statement>
let place: TappedPlace<Statement>
const writing = {
  statement: { sql: 'users', kind: 'write', isSingle: true, unknownReason: undefined },
  parameters: [],
} as const
const send = async () => {
  steps.push('send')
  return await Promise.resolve('answer')
}

/** A store that could be far away: what it is asked is noted, and a test may stand in its way. */
function farStore(
  name: string,
  ways: { open?: () => Promise<void>; renew?: () => Promise<void> },
): StoreFactory {
  return (context) => {
    const store = memoryStore()(context)
    const { openIntent, closeIntent } = store
    return Object.assign(store, {
      isLocal: false,
      openIntent: async (...asked: Parameters<typeof openIntent>) => {
        await ways.open?.()
        steps.push(`${name} marked`)
        return await openIntent.apply(store, asked)
      },
      renewIntent: async () => {
        steps.push(`${name} renewed`)
        await ways.renew?.()
      },
      closeIntent: (intent: Intent, bumped: readonly string[]) => {
        steps.push(`${name} ${bumped.length > 0 ? 'invalidated' : 'unmarked'}`)
        return closeIntent.call(store, intent, bumped)
      },
    })
  }
}

function observe(name: string, ways: Parameters<typeof farStore>[1], options: CacheOptions = {}): void {
  const cache = createCache({ store: farStore(name, ways), ...options })
  const known = { touchedBy: ({ sql }: Statement) => ({ tables: [sql] }) }
  observers.add(
    new Binding({ engine: engineOf(cache)!, database: undefined, known: () => known, unknownTable: '' }),
  )
}

beforeEach(() => {
  steps = []
  observers = new Observers()
  place = {
    written: () => observers.written(),
    answerOf: () => undefined,
    outcomeOf: () => 'unknown',
    carriedOut: () => undefined,
  }
})

const away = () => Promise.reject(new Error('away'))

describe('a write that several caches are told of', () => {
  test('looks at every mark again when the last one is placed, right before it is sent', async () => {
    const slow = held()
    observe('one', {})
    observe('other', { open: async () => await slow.promise })
    const written = autocommit(place, writing, send)
    slow.resolve()
    await written
    expect(steps).toEqual([
      'one marked',
      'other marked',
      'one renewed',
      'other renewed',
      'send',
      'one invalidated',
      'other invalidated',
    ])
  })

  test('is not sent if one of them refuses it, and leaves no mark at the others', async () => {
    observe('one', {})
    observe('other', { open: away }, { onStoreDown: 'reject' })
    await expect(autocommit(place, writing, send)).rejects.toMatchObject({ code: 'WRITE_REFUSED' })
    expect(steps).toEqual(['one marked', 'one unmarked'])
  })

  test('is not sent if a mark of one that refuses cannot be renewed', async () => {
    observe('one', {})
    observe('other', { renew: away }, { onStoreDown: 'reject' })
    await expect(autocommit(place, writing, send)).rejects.toMatchObject({ code: 'WRITE_REFUSED' })
    expect(steps).not.toContain('send')
    expect(steps.slice(-2)).toEqual(['one unmarked', 'other unmarked'])
  })
})

test('a write of one cache looks at its mark again as well, and goes on if that fails', async () => {
  observe('one', { renew: away })
  expect(await autocommit(place, writing, send)).toBe('answer')
  expect(steps).toEqual(['one marked', 'one renewed', 'send', 'one invalidated'])
})
