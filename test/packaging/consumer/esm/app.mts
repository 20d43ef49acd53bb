import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { type Cache, createCache, FreshetError, isFreshetError } from '@freshet/core'
import '@freshet/prisma'
import '@freshet/sql'

const cache: Cache = createCache({ ttl: '1m' })
let loads = 0
const read = async (): Promise<number> => await cache.getOrSet('loads', () => ++loads, { tags: ['Thing'] })

assert.equal(await read(), 1)
assert.equal(await read(), 1)
await cache.invalidate(['Thing'])
assert.equal(await read(), 2)
await cache.close()

// Both formats in one process: an error of one is recognised by the other.
const commonjs = createRequire(import.meta.url)('@freshet/core') as typeof import('@freshet/core')
const error = new FreshetError('CLOSED', 'made by the ES module')
assert.notEqual(commonjs.FreshetError, FreshetError)
assert.ok(commonjs.isFreshetError(error, 'CLOSED'))
assert.ok(isFreshetError(new commonjs.FreshetError('CLOSED', 'made by the CommonJS module'), 'CLOSED'))

console.log('esm works')
