import assert = require('node:assert/strict')
import core = require('@freshet/core')
import prisma = require('@freshet/prisma')
import sql = require('@freshet/sql')

async function main(): Promise<void> {
  const cache: core.Cache = core.createCache({ ttl: '1m' })
  let loads = 0
  const read = async (): Promise<number> => await cache.getOrSet('loads', () => ++loads, { tags: ['Thing'] })

  assert.equal(await read(), 1)
  assert.equal(await read(), 1)
  await cache.invalidate(['Thing'])
  assert.equal(await read(), 2)
  assert.ok(prisma.freshet({ cache }))
  await cache.close()
  assert.equal(typeof sql, 'object')
  console.log('commonjs works')
}

void main()
