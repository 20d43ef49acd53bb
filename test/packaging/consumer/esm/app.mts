import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { type Cache, createCache, FreshetError, isFreshetError } from '@freshet/core'
import { freshet } from '@freshet/prisma'
import '@freshet/sql'

const cache: Cache = createCache({ ttl: '1m' })
let loads = 0
const read = async (): Promise<number> => await cache.getOrSet('loads', () => ++loads, { tags: ['Thing'] })

assert.equal(await read(), 1)
assert.equal(await read(), 1)
await cache.invalidate(['Thing'])
assert.equal(await read(), 2)
assert.ok(freshet({ cache }))
await cache.close()

// Both formats in one process: an error of one is recognised by the other.
const commonjs = createRequire(import.meta.url)('@freshet/core') as typeof import('@freshet/core')
const error = new FreshetError('INVALID_OPTION', 'made by the ES module')
assert.notEqual(commonjs.FreshetError, FreshetError)
assert.ok(commonjs.isFreshetError(error, 'INVALID_OPTION'))
assert.ok(
  isFreshetError(
    new commonjs.FreshetError('INVALID_OPTION', 'made by the CommonJS module'),
    'INVALID_OPTION',
  ),
)

console.log('esm works')
