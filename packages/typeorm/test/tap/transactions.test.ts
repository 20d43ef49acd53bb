import type { DataSource, QueryRunner } from 'typeorm'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { catalogueSettled } from '../support/catalogue-settled.js'
import { Comment, Label, Note } from '../support/entities.js'
import type { Watched } from './watched.js'
import { createDatabase, open } from './watched.js'

describe.each(['better-sqlite3', 'postgres', 'mariadb'] as const)('transactions on %s', (name) => {
  let watched: Watched
  let dataSource: DataSource
  beforeAll(async () => {
    watched = await open(await createDatabase(name))
    dataSource = watched.dataSource
  })
  beforeEach(async () => {
    await dataSource.query('DELETE FROM labels')
    await dataSource.query(`INSERT INTO labels (code, colour) VALUES ('a', 'old')`)
    await watched.fill()
  })
  afterAll(async () => {
    await dataSource.destroy()
    await watched.cache.close()
  })

  const isShared = name === 'better-sqlite3'
  const read = () => dataSource.getRepository(Label).find({ cache: true })
  const colour = async () => (await read())[0]?.colour
  const set = (runner: QueryRunner, to: string) => runner.manager.update(Label, { code: 'a' }, { colour: to })
  const withRunner = async (use: (runner: QueryRunner) => Promise<void>) => {
    const runner = dataSource.createQueryRunner()
    try {
      await use(runner)
    } finally {
      await runner.release()
    }
  }
  const isCached = async (run: () => Promise<unknown>) => {
    watched.statements.length = 0
    await run()
    return watched.statements.length === 0
  }
  /** What is invalidated while `run` runs. */
  const invalidatedBy = async (run: () => Promise<unknown>) => {
    const found: string[] = []
    const forget = watched.cache.on('invalidate', ({ tags }) => void found.push(...tags))
    await run()
    forget()
    return found
  }

  it('what is committed is invalidated when commitTransaction() resolves, and not before', async () => {
    await withRunner(async (runner) => {
      await runner.startTransaction()
      expect(await invalidatedBy(() => set(runner, 'new'))).toEqual([])
      expect(await invalidatedBy(() => runner.commitTransaction())).toContain('labels~')
    })
    expect(await colour()).toBe('new')
  })

  it('transaction() acknowledges when what it wrote is invalidated', async () => {
    await read()
    await dataSource.transaction((manager) => manager.update(Label, { code: 'a' }, { colour: 'new' }))
    expect(await colour()).toBe('new')
  })

  it('what is rolled back invalidates nothing', async () => {
    await read()
    await read()
    const found = await invalidatedBy(async () => {
      const failed = dataSource.transaction(async (manager) => {
        await manager.update(Label, { code: 'a' }, { colour: 'new' })
        throw new Error('no')
      })
      await expect(failed).rejects.toThrow('no')
    })
    expect(found).toEqual([])
    expect(await isCached(read)).toBe(true)
    expect(await colour()).toBe('old')
  })

  it('a transaction only touches what it wrote', async () => {
    const touched = await watched.touchedBy(() =>
      dataSource.transaction(async (manager) => {
        await manager.insert(Note, { text: 'a' })
        await manager.insert(Comment, { text: 'a' })
      }),
    )
    expect(touched).toEqual(['comments', 'notes'])
  })

  it('a savepoint that is released invalidates nothing before the outermost commit', async () => {
    await dataSource.transaction(async (manager) => {
      const found = await invalidatedBy(() =>
        manager.transaction((inner) => inner.update(Label, { code: 'a' }, { colour: 'new' })),
      )
      // In SQLite a savepoint may be a transaction of its own, so its release is taken for a commit.
      if (!isShared) expect(found).toEqual([])
    })
    expect(await colour()).toBe('new')
  })

  it('what a savepoint undid is invalidated with the rest', async () => {
    const touched = await watched.touchedBy(() =>
      dataSource.transaction(async (manager) => {
        await manager.insert(Note, { text: 'a' })
        const inner = manager.transaction(async (nested) => {
          await nested.insert(Comment, { text: 'a' })
          throw new Error('no')
        })
        await expect(inner).rejects.toThrow('no')
      }),
    )
    expect(touched).toEqual(['comments', 'notes'])
  })

  it('a transaction by hand is one', async () => {
    await read()
    await withRunner(async (runner) => {
      await runner.query('BEGIN')
      expect(await invalidatedBy(() => set(runner, 'new'))).toEqual([])
      await runner.query('COMMIT')
    })
    expect(await colour()).toBe('new')
    await withRunner(async (runner) => {
      await runner.query('BEGIN')
      await set(runner, 'undone')
      expect(await invalidatedBy(() => runner.query('ROLLBACK'))).toEqual([])
    })
    expect(await colour()).toBe('new')
  })

  it('nothing that a transaction reads is served or stored', async () => {
    const labels = dataSource.getRepository(Label)
    await read()
    await withRunner(async (runner) => {
      await runner.startTransaction()
      await set(runner, 'uncommitted')
      const [seen] = await runner.manager.find(Label, { cache: true })
      expect(seen?.colour).toBe('uncommitted')
      const [entity] = await runner.manager.getRepository(Label).getWithCache()
      expect(entity?.colour).toBe('uncommitted')
      await runner.rollbackTransaction()
    })
    expect(await colour()).toBe('old')
    expect((await labels.getWithCache())[0]?.colour).toBe('old')
  })

  it('what a transaction by hand reads is not served or stored', async () => {
    await read()
    await withRunner(async (runner) => {
      await runner.query('BEGIN')
      await set(runner, 'uncommitted')
      const [seen] = await runner.manager.find(Label, { cache: true })
      expect(seen?.colour).toBe('uncommitted')
      await runner.query('ROLLBACK')
    })
    expect(await colour()).toBe('old')
  })

  it('an open transaction keeps others from the cache only where they would see into it', async () => {
    await read()
    await withRunner(async (runner) => {
      await runner.startTransaction()
      await set(runner, 'uncommitted')
      expect(await isCached(read)).toBe(!isShared)
      expect(await colour()).toBe(isShared ? 'uncommitted' : 'old')
      await runner.rollbackTransaction()
    })
    expect(await colour()).toBe('old')
  })

  it('a subscriber that throws after the commit does not keep it from being invalidated', async () => {
    await read()
    dataSource.subscribers.push({
      afterTransactionCommit: () => Promise.reject(new Error('after the commit')),
    })
    const committed = dataSource.transaction((manager) =>
      manager.update(Label, { code: 'a' }, { colour: 'committed' }),
    )
    await expect(committed).rejects.toThrow('after the commit')
    dataSource.subscribers.pop()
    expect(await colour()).toBe('committed')
  })

  it('a statement that the database refuses invalidates nothing', async () => {
    await read()
    const found = await invalidatedBy(() =>
      expect(dataSource.query(`INSERT INTO labels (code) VALUES ('a')`)).rejects.toThrow(),
    )
    expect(found).toEqual([])
    expect(await isCached(read)).toBe(true)
  })

  it('a transaction that goes on after an error is invalidated when it commits', async () => {
    await read()
    await withRunner(async (runner) => {
      await runner.startTransaction()
      await set(runner, 'new')
      await runner.query('SAVEPOINT one')
      await expect(runner.query(`INSERT INTO labels (code) VALUES ('a')`)).rejects.toThrow()
      await runner.query('ROLLBACK TO SAVEPOINT one')
      await runner.commitTransaction()
    })
    expect(await colour()).toBe('new')
  })

  it('a transaction that its runner leaves open ends with whoever has the connection next', async () => {
    const poolOfOne = isShared ? watched : await open(await createDatabase(name), {}, { poolSize: 1 })
    const labels = poolOfOne.dataSource.getRepository(Label)
    const one = async () => (await labels.find({ where: { code: 'b' }, cache: true }))[0]?.colour
    await labels.insert({ code: 'b', colour: 'old' })
    expect(await one()).toBe('old')
    await poolOfOne.dataSource.query('BEGIN')
    await poolOfOne.dataSource.query(`UPDATE labels SET colour = 'new' WHERE code = 'b'`)
    await labels.find({ where: { code: 'b', colour: 'new' }, cache: true })
    await poolOfOne.dataSource.query('ROLLBACK')
    // What was read in between was not committed, and so not stored.
    expect(await labels.find({ where: { code: 'b', colour: 'new' }, cache: true })).toEqual([])
    await poolOfOne.dataSource.query('BEGIN')
    await poolOfOne.dataSource.query(`UPDATE labels SET colour = 'newer' WHERE code = 'b'`)
    await poolOfOne.dataSource.query('COMMIT')
    expect(await one()).toBe('newer')
    if (poolOfOne !== watched) await poolOfOne.dataSource.destroy()
  })

  it.runIf(name === 'mariadb')('DDL commits what came before it', async () => {
    await read()
    await withRunner(async (runner) => {
      await runner.startTransaction()
      await set(runner, 'by DDL')
      await runner.query('CREATE TABLE made_meanwhile (id int)')
      expect(await colour()).toBe('by DDL')
      await set(runner, 'by itself')
      expect(await colour()).toBe('by itself')
      await runner.rollbackTransaction()
    })
    expect(await colour()).toBe('by itself')
  })

  it.runIf(name === 'mariadb')('START TRANSACTION commits the one before it', async () => {
    await read()
    await withRunner(async (runner) => {
      await runner.query('BEGIN')
      await set(runner, 'first')
      await runner.query('BEGIN')
      expect(await colour()).toBe('first')
      await set(runner, 'second')
      await runner.query('ROLLBACK')
    })
    expect(await colour()).toBe('first')
  })

  it.runIf(name === 'postgres')('a COMMIT that the database refuses publishes nothing', async () => {
    await dataSource.query(
      'ALTER TABLE labels ADD CONSTRAINT one_colour UNIQUE (colour) DEFERRABLE INITIALLY DEFERRED',
    )
    await catalogueSettled(dataSource)
    await read()
    const failed = dataSource.transaction((manager) => manager.insert(Label, { code: 'b', colour: 'old' }))
    expect(await invalidatedBy(() => expect(failed).rejects.toThrow(/one_colour/))).toEqual([])
    expect(await isCached(read)).toBe(true)
  })

  it.runIf(name === 'postgres')(
    'a text of several statements that leaves a transaction open is noticed',
    async () => {
      await read()
      await withRunner(async (runner) => {
        await runner.query(`BEGIN; UPDATE labels SET colour = 'several'`)
        expect(await colour()).toBe('old')
        await runner.query('COMMIT')
      })
      expect(await colour()).toBe('several')
    },
  )
})
