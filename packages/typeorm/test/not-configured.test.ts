import { isFreshetError } from '@freshet/core'
import { freshet } from '@freshet/typeorm'
import { DataSource } from 'typeorm'
import { expect, test } from 'vitest'
import { decoratedEntities, Label } from './support/entities.js'

// In a file of its own: nothing in this process calls freshet().

test('importing the package is enough for a repository to say what its DataSource lacks', async () => {
  const dataSource = new DataSource({
    type: 'better-sqlite3',
    database: ':memory:',
    entities: decoratedEntities,
  })
  await dataSource.initialize()
  expect(freshet).toBeTypeOf('function')
  const labels = dataSource.getRepository(Label)
  const reads: readonly (() => Promise<unknown>)[] = [
    () => labels.getWithCache(),
    () => labels.getOneWithCache({ where: { code: 'red' } }),
    () => labels.getCountWithCache(),
    () => labels.invalidateCache(),
    () => labels.createQueryBuilder('l').getWithCache(),
  ]
  for (const read of reads) {
    const error: unknown = await read().catch((reason: unknown) => reason)
    expect(isFreshetError(error, 'NOT_CONFIGURED')).toBe(true)
    expect(String(error)).toContain('cache: freshet({ cache: createCache() })')
  }
  await dataSource.destroy()
})
