import { createCache } from '@freshet/core'
import { held } from '@freshet/testing'
import type { DataSource, EntitySubscriberInterface } from 'typeorm'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { asyncStore } from '../../../core/test/support/async-store.js'
import { catalogueSettled } from '../support/catalogue-settled.js'
import { Label, Note } from '../support/entities.js'
import type { Watched } from './watched.js'
import { createDatabase, open } from './watched.js'

describe('better-sqlite3, where everybody shares one connection', () => {
  let watched: Watched
  let dataSource: DataSource
  const labels = () => dataSource.getRepository(Label)
  const colour = async () => (await labels().find({ where: { code: 'red' }, cache: true }))[0]?.colour
  const recolour = (to: string) => labels().update({ code: 'red' }, { colour: to })

  beforeEach(async () => {
    watched = await open(await createDatabase('better-sqlite3'))
    dataSource = watched.dataSource
  })
  afterEach(async () => {
    await dataSource.destroy()
    await watched.cache.close()
  })

  it('a write beside an open transaction is invalidated when that commits', async () => {
    await colour()
    const runner = dataSource.createQueryRunner()
    await runner.startTransaction()
    await recolour('beside')
    expect(await colour()).toBe('beside')
    await runner.commitTransaction()
    expect(await colour()).toBe('beside')
  })

  it('a write beside an open transaction is undone with it', async () => {
    await colour()
    const runner = dataSource.createQueryRunner()
    await runner.startTransaction()
    await recolour('beside')
    await runner.rollbackTransaction()
    expect(await colour()).toBe('red')
  })

  it('a load during which a transaction begins and ends is not stored', async () => {
    const reads = [...Array(20).keys()].map(async (turns) => {
      for (let turn = 0; turn < turns; turn++) await Promise.resolve()
      return labels().find({ where: { code: 'red' }, cache: true, comment: String(turns) })
    })
    const undone = dataSource.transaction(async (manager) => {
      await manager.update(Label, { code: 'red' }, { colour: 'undone' })
      await Promise.resolve()
      throw new Error('no')
    })
    await expect(undone).rejects.toThrow('no')
    await Promise.all(reads)
    for (let turns = 0; turns < 20; turns++) {
      const [red] = await labels().find({ where: { code: 'red' }, cache: true, comment: String(turns) })
      expect(red?.colour).toBe('red')
    }
  })

  it('writes that race with the beginning and the end of a transaction are never missed', async () => {
    for (let turns = 0; turns < 40; turns++) {
      await colour()
      const transaction = dataSource.transaction(async (manager) => {
        await manager.insert(Note, { text: 'x' })
        if (turns % 2 === 0) throw new Error('undone')
      })
      const racing = (async () => {
        for (let turn = 0; turn < turns; turn++) await Promise.resolve()
        await recolour(`turn ${turns}`)
      })()
      await Promise.allSettled([transaction, racing])
      const [now] = await dataSource.query<{ colour: string }[]>(
        `SELECT colour FROM labels WHERE code = 'red'`,
      )
      expect(await colour()).toBe(now?.colour)
    }
  })

  it('a savepoint may be a transaction of its own', async () => {
    await colour()
    const runner = dataSource.createQueryRunner()
    await runner.query('SAVEPOINT own')
    await runner.query(`UPDATE labels SET colour = 'by savepoint' WHERE code = 'red'`)
    await runner.query('RELEASE own')
    expect(await colour()).toBe('by savepoint')
    watched.statements.length = 0
    await colour()
    expect(watched.statements).toEqual([])
  })

  it('a COMMIT that SQLite refuses leaves the transaction open, and nothing of it is stored', async () => {
    await dataSource.query('PRAGMA defer_foreign_keys = ON')
    await colour()
    const runner = dataSource.createQueryRunner()
    await runner.startTransaction()
    await runner.query('PRAGMA defer_foreign_keys = ON')
    await runner.query(`UPDATE labels SET colour = 'pending' WHERE code = 'red'`)
    await runner.query(`INSERT INTO memberships ("userId", team, role) VALUES (12345, 'none', 'none')`)
    await expect(runner.commitTransaction()).rejects.toThrow(/FOREIGN KEY/)
    expect(await colour()).toBe('pending')
    await runner.query('DELETE FROM memberships WHERE "userId" = 12345')
    await runner.commitTransaction()
    expect(await colour()).toBe('pending')
    watched.statements.length = 0
    expect(await colour()).toBe('pending')
    expect(watched.statements).toEqual([])
  })

  it('an error with which SQLite ends the transaction is noticed', async () => {
    await colour()
    const runner = dataSource.createQueryRunner()
    await runner.query('BEGIN')
    await runner.query(`UPDATE labels SET colour = 'lost' WHERE code = 'red'`)
    await expect(runner.query(`INSERT OR ROLLBACK INTO labels (code) VALUES ('red')`)).rejects.toThrow()
    await recolour('after it')
    expect(await colour()).toBe('after it')
    watched.statements.length = 0
    await colour()
    expect(watched.statements).toEqual([])
  })

  it('a value that cannot be bound holds nothing', async () => {
    await colour()
    await expect(dataSource.query('UPDATE labels SET colour = ?', [{}])).rejects.toThrow()
    await colour()
    watched.statements.length = 0
    await colour()
    expect(watched.statements).toEqual([])
  })

  it('a transaction that is open when the DataSource is destroyed does not outlive it', async () => {
    await dataSource.query('BEGIN')
    await dataSource.destroy()
    await dataSource.initialize()
    await dataSource.synchronize(true)
    await catalogueSettled(dataSource)
    await labels().insert({ code: 'red', colour: 'anew' })
    expect(await colour()).toBe('anew')
    watched.statements.length = 0
    await colour()
    expect(watched.statements).toEqual([])
  })

  it('a transaction that a savepoint began is one: what it undid invalidates nothing', async () => {
    const touched = await watched.touchedBy(async () => {
      await dataSource.query('SAVEPOINT own')
      await dataSource.query(`UPDATE labels SET colour = 'undone'`)
      await dataSource.query('ROLLBACK')
    })
    expect(touched).toEqual([])
  })

  it('a statement that is carried out and then reported as failed is invalidated', async () => {
    await colour()
    const failing: EntitySubscriberInterface = {
      afterQuery: ({ query }) => {
        if (query.startsWith('UPDATE')) throw new Error('after it')
      },
    }
    dataSource.subscribers.push(failing)
    await expect(recolour('carried out')).rejects.toThrow('after it')
    dataSource.subscribers.pop()
    expect(await colour()).toBe('carried out')
  })

  /** The next read of labels is held before it is sent, and after it was. */
  function holdRead(of: DataSource) {
    const [sent, send, done, answer] = [held(), held(), held(), held()]
    let isFirst = true
    const isHeld = (query: string) => isFirst && query.startsWith('SELECT') && query.includes('"labels"')
    of.subscribers.push({
      beforeQuery: async ({ query }) => {
        if (!isHeld(query)) return
        sent.resolve()
        await send.promise
      },
      afterQuery: async ({ query }) => {
        if (!isHeld(query)) return
        isFirst = false
        done.resolve()
        await answer.promise
      },
    })
    return { sent: sent.promise, send: send.resolve, done: done.promise, answer: answer.resolve }
  }

  it('nobody joins a load that has seen what was rolled back', async () => {
    const read = holdRead(dataSource)
    const first = colour()
    await read.sent
    await dataSource.query('BEGIN')
    await dataSource.query(`UPDATE labels SET colour = 'undone' WHERE code = 'red'`)
    read.send()
    await read.done
    await dataSource.query('ROLLBACK')
    const second = colour()
    read.answer()
    expect(await second).toBe('red')
    expect(await first).toBe('undone')
  })

  it('what a load has seen of a transaction that came and went is not stored, however long the store takes', async () => {
    const [bumping, bump] = [held(), held()]
    let isHeld = false
    const store = asyncStore({}, async (operation, way) => {
      if (operation !== 'bump' || way !== 'go' || !isHeld) return
      bumping.resolve()
      await bump.promise
    })
    const far = await open(await createDatabase('better-sqlite3'), { cache: createCache({ store }) })
    const find = async () => (await far.dataSource.getRepository(Label).find({ cache: true }))[0]?.colour
    const read = holdRead(far.dataSource)
    const first = find()
    await read.sent
    await far.dataSource.query('BEGIN')
    await far.dataSource.query(`UPDATE labels SET colour = 'undone'`)
    read.send()
    await read.done
    isHeld = true
    const rolledBack = far.dataSource.query('ROLLBACK')
    await bumping.promise
    read.answer()
    expect(await first).toBe('undone')
    expect(await find()).not.toBe('undone')
    bump.resolve()
    await rolledBack
    await far.dataSource.destroy()
    await far.cache.close()
  })
})
