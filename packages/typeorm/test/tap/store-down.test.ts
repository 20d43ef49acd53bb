import { createCache, memoryStore } from '@freshet/core'
import type { OnStoreDown } from '@freshet/core'
import { faultyStore, record } from '@freshet/testing'
import type { Faults } from '@freshet/testing'
import type { DataSource } from 'typeorm'
import { afterEach, describe, expect, it } from 'vitest'
import { Label } from '../support/entities.js'
import type { Watched } from './watched.js'
import { createDatabase, open } from './watched.js'

const refusal = expect.objectContaining({ code: 'WRITE_REFUSED', name: 'FreshetError' }) as Error

describe.each(['postgres', 'mariadb', 'better-sqlite3'] as const)('a store that is away, on %s', (name) => {
  let watched: Watched
  let dataSource: DataSource
  let faults: Faults
  let downs: unknown[]

  async function prepared(onStoreDown: OnStoreDown): Promise<void> {
    const store = faultyStore(memoryStore())
    faults = store.faults
    const cache = createCache({ store, onStoreDown })
    downs = record(cache, 'store-down')
    // One connection: what is left open on it would be found by whoever comes next.
    const pool = name === 'better-sqlite3' ? {} : { poolSize: 1 }
    watched = await open(await createDatabase(name), { cache }, pool)
    dataSource = watched.dataSource
    await set('old')
  }
  afterEach(async () => {
    faults.heal()
    await dataSource.destroy()
    await watched.cache.close()
  })

  const labels = () => dataSource.getRepository(Label)
  const set = (colour: string) => labels().update({ code: 'red' }, { colour })
  const colour = async () => (await labels().findOneByOrFail({ code: 'red' })).colour
  const inTransaction = (value: string) =>
    dataSource.transaction((manager) => manager.update(Label, { code: 'red' }, { colour: value }))

  it("'reject' refuses a write before it is sent", async () => {
    await prepared('reject')
    faults.alwaysFail()
    watched.statements.length = 0
    await expect(set('new')).rejects.toEqual(refusal)
    await expect(dataSource.query("UPDATE label SET colour = 'new'")).rejects.toEqual(refusal)
    expect(watched.statements.filter((sql) => sql.startsWith('UPDATE'))).toEqual([])
    faults.heal()
    expect(await colour()).toBe('old')
    await set('new')
    expect(await colour()).toBe('new')
  })

  it("'reject' rolls a transaction back in place of its COMMIT, and its connection is as good as before", async () => {
    await prepared('reject')
    const saves = async () => {
      const label = await labels().findOneByOrFail({ code: 'red' })
      label.colour = 'new'
      await labels().save(label)
    }
    for (const write of [() => inTransaction('new'), saves]) {
      faults.alwaysFail()
      watched.statements.length = 0
      await expect(write()).rejects.toEqual(refusal)
      expect(watched.statements).not.toContain('COMMIT')
      faults.heal()
      expect(await colour()).toBe('old')
    }
    expect(downs).toEqual([])
    await inTransaction('new')
    expect(await colour()).toBe('new')
  })

  it("'reject' has rolled a transaction back that its owner ends by hand", async () => {
    await prepared('reject')
    const runner = dataSource.createQueryRunner()
    await runner.startTransaction()
    await runner.manager.update(Label, { code: 'red' }, { colour: 'new' })
    faults.alwaysFail()
    await expect(runner.commitTransaction()).rejects.toEqual(refusal)
    faults.heal()
    expect(await runner.manager.findOneByOrFail(Label, { code: 'red' })).toMatchObject({ colour: 'old' })
    await runner.rollbackTransaction()
    await runner.startTransaction()
    await runner.manager.update(Label, { code: 'red' }, { colour: 'newer' })
    await runner.commitTransaction()
    if (name !== 'better-sqlite3') await runner.release()
    expect(await colour()).toBe('newer')
  })

  it.each(['proceed', 'reject'] as const)(
    'what committed when the store went away is not reported as failed: %s',
    async (onStoreDown) => {
      await prepared(onStoreDown)
      faults.alwaysFail('rejects', ['closeIntent', 'bump'])
      await set('new')
      await inTransaction('newer')
      expect(await colour()).toBe('newer')
      expect(downs).toHaveLength(2)
      expect(watched.cache.stats().undelivered).toBeGreaterThan(0)
    },
  )

  it("'proceed' lets every write go on", async () => {
    await prepared('proceed')
    const read = async () => (await labels().find({ where: { code: 'red' }, cache: true }))[0]?.colour
    await read()
    await read()
    faults.alwaysFail()
    await set('new')
    await inTransaction('newer')
    faults.heal()
    expect(await read()).toBe('newer')
    expect(downs).toHaveLength(2)
  })
})
