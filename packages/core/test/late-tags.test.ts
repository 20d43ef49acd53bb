import { HeldLoader, settled } from '@freshet/testing'
import { beforeEach, describe, expect, test } from 'vitest'
import { engineOf, type LateTags } from '../src/adapter.js'
import { type Cache, createCache } from '../src/index.js'
import { asyncStore } from './support/async-store.js'
import { memoryStore } from '../src/memory-store.js'

interface Row {
  readonly id: number
  readonly title: string
}

/** A read whose rows are known once it has been loaded, as adapters make them. */
const late: LateTags = {
  clocks: ['post~'],
  of: (value) => (value as readonly Row[]).map(({ id }) => `post#${id}`),
}

describe.each([
  ['memory', () => memoryStore()],
  ['a store that answers by promises', () => asyncStore()],
] as const)('%s', (_, store) => {
  let cache: Cache
  let rows: readonly Row[]
  let loads: number
  beforeEach(() => {
    cache = createCache({ store: store(), jitter: 0 })
    rows = [
      { id: 1, title: 'one' },
      { id: 2, title: 'two' },
    ]
    loads = 0
  })

  async function read(load: () => unknown = () => rows, key = 'posts', of = late): Promise<unknown> {
    const { reader, space, policy } = engineOf(cache)!
    const counted = () => {
      loads++
      return load()
    }
    const answer = await reader.read({
      space,
      key,
      dependencies: { tags: ['post', 'post[]'], late: of },
      policy,
      load: counted,
    })
    await settled()
    return answer
  }
  const write = async (...tags: string[]) => await cache.invalidate([...tags, 'post~'])

  test('a write of a row that is not shown leaves an answer alone', async () => {
    await read()
    await write('post#3')
    await read()
    expect(loads).toBe(1)
  })

  test.each([['post#2'], ['post[]'], ['post'], ['']])('a write of %j stops it', async (tag) => {
    await read()
    if (tag === '') await cache.clear()
    else await write(tag)
    await read()
    expect(loads).toBe(2)
  })

  test('a row that is written while it is loaded is loaded again', async () => {
    const loader = new HeldLoader<readonly Row[]>()
    const reading = read(loader.load)
    await settled()
    await write('post#2')
    loader.land(rows)
    await reading
    await read()
    expect(loads).toBe(2)
    expect(cache.stats()).toMatchObject({ unbound: 1 })
  })

  test('a row that is written while it is loaded is loaded again, also if it was known before', async () => {
    await read(undefined, 'others')
    const loader = new HeldLoader<readonly Row[]>()
    const reading = read(loader.load)
    await settled()
    await write('post#2')
    loader.land(rows)
    await reading
    loads = 0
    await read()
    expect(loads).toBe(1)
  })

  test('known rows are bound although another row was written meanwhile', async () => {
    await read(undefined, 'others')
    const loader = new HeldLoader<readonly Row[]>()
    const reading = read(loader.load)
    await settled()
    await write('post#3')
    loader.land(rows)
    await reading
    loads = 0
    await read()
    expect(loads).toBe(0)
  })

  test('what was known before a load and is written during it is not overlooked for a later row', async () => {
    const loader = new HeldLoader<readonly Row[]>()
    const reading = read(loader.load)
    await settled()
    await cache.invalidate(['post[]'])
    loader.land(rows)
    await reading
    await read()
    expect(loads).toBe(2)
  })

  test('who starts after a write does not join a load from before it', async () => {
    const loader = new HeldLoader<readonly Row[]>()
    const before = read(loader.load)
    await settled()
    await write('post#2')
    rows = [{ id: 2, title: 'changed' }]
    expect(await read()).toEqual(rows)
    const outdated = [{ id: 2, title: 'two' }]
    loader.land(outdated)
    expect(await before).toEqual(outdated)
    expect(await read()).toEqual(rows)
  })

  test('an answer that does not tell its rows depends on every write', async () => {
    const untold: LateTags = { clocks: ['post~'], of: () => undefined }
    const count = async () => await read(() => 2, 'count', untold)
    await count()
    await count()
    expect(loads).toBe(1)
    await write('post#9')
    await count()
    expect(loads).toBe(2)
  })

  test('so does one that fails to tell them, and it is said', async () => {
    const failing: LateTags = {
      clocks: ['post~'],
      of: () => {
        throw new Error('no rows')
      },
    }
    await read(undefined, 'posts', failing)
    expect(cache.stats().failures).toBe(1)
    await write('post#9')
    await read(undefined, 'posts', failing)
    expect(loads).toBe(2)
  })

  test('one that has expired is bound anew', async () => {
    const { reader, space, policy } = engineOf(cache)!
    const again = async (ttlMs: number) => {
      await reader.read({
        space,
        key: 'k',
        dependencies: { tags: ['post'], late },
        policy: { ...policy, ttlMs },
        load: () => rows,
      })
      await settled()
    }
    await again(0.001)
    await again(60_000)
    await write('post#1')
    const { hits } = cache.stats()
    await again(60_000)
    expect(cache.stats().hits).toBe(hits)
  })

  test('a tag that is a clock as well as told before stays in the answer', async () => {
    const { reader, space, policy } = engineOf(cache)!
    const wide = async () => {
      const load = () => {
        loads++
        return rows
      }
      await reader.read({ space, key: 'wide', dependencies: { tags: ['post~'], late }, policy, load })
      await settled()
    }
    await wide()
    await write('post#9')
    await wide()
    expect(loads).toBe(2)
  })

  test('what is deleted by hand while its rows are bound stays deleted', async () => {
    const { reader, space } = engineOf(cache)!
    const loader = new HeldLoader<readonly Row[]>()
    const reading = read(loader.load)
    await settled()
    loader.land(rows)
    await reader.delete(space, 'posts')
    await reading
    await settled()
    await read()
    expect(loads).toBe(2)
  })
})

test('in a store that cannot bind, an answer depends on every write', async () => {
  const cache = createCache({
    store: (context) => Object.assign(memoryStore()(context), { bind: undefined }),
  })
  let loads = 0
  const { reader, space, policy } = engineOf(cache)!
  const read = async () =>
    await reader.read({
      space,
      key: 'k',
      dependencies: { tags: ['post'], late },
      policy,
      load: () => [++loads],
    })
  await read()
  await read()
  expect(loads).toBe(1)
  await cache.invalidate(['post~'])
  await read()
  expect(loads).toBe(2)
})

test('a row that is written while it is loaded is loaded again, also if its tag has been forgotten since', async () => {
  const cache = createCache({ store: memoryStore({ maxEntries: 10 }), jitter: 0 })
  const { reader, space, policy } = engineOf(cache)!
  let loads = 0
  const read = async (key: string, load: () => unknown) => {
    const counted = () => {
      loads++
      return load()
    }
    await reader.read({ space, key, dependencies: { tags: ['post'], late }, policy, load: counted })
    await settled()
  }
  const rows = [{ id: 2, title: 'two' }]
  const loader = new HeldLoader<readonly Row[]>()
  await cache.snapshot(['post#2'])
  const reading = read('posts', loader.load)
  await settled()
  await cache.invalidate(['post#2', 'post~'])
  for (let i = 0; i < 30_000; i++) {
    await cache.snapshot([`other#${i}`])
    // Asked for again and again, they are not among those that are forgotten.
    if (i % 100 === 0) await cache.snapshot(['post', 'post~'])
  }
  loader.land(rows)
  await reading
  expect(cache.stats()).toMatchObject({ unbound: 1 })
  await read('posts', () => rows)
  expect(loads).toBe(2)
})
