import { createCache } from '@freshet/core'
import type { DataSource, QueryRunner } from 'typeorm'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Label } from '../support/entities.js'
import type { Watched } from './watched.js'
import { createDatabase, open } from './watched.js'

const holdMs = 60_000

describe.each(['postgres', 'mariadb'] as const)('a write of unknown outcome on %s', (name) => {
  let now: number
  let watched: Watched
  let dataSource: DataSource

  beforeEach(async () => {
    now = 0
    const cache = createCache({
      clock: { now: () => now, setTimer: () => () => undefined },
      unknownOutcomeHold: holdMs,
    })
    watched = await open(await createDatabase(name), { cache })
    dataSource = watched.dataSource
    await colour()
  })
  afterEach(async () => {
    await dataSource.destroy()
    await watched.cache.close()
  })

  const colour = async () =>
    (await dataSource.getRepository(Label).find({ where: { code: 'red' }, cache: true }))[0]?.colour
  const isCached = async () => {
    await colour()
    watched.statements.length = 0
    await colour()
    return watched.statements.length === 0
  }
  const expectHeld = async (value: string) => {
    expect(await colour()).toBe(value)
    expect(await isCached()).toBe(false)
    const entity = await dataSource.getRepository(Label).getOneWithCache({ where: { code: 'red' } })
    expect(entity).toBeInstanceOf(Label)
    expect(entity!.colour).toBe(value)
    now += holdMs
    expect(await isCached()).toBe(true)
    expect(await colour()).toBe(value)
  }

  /** From now on the runner's own connection loses the answers to what matches. */
  async function losing(runner: QueryRunner, text: RegExp): Promise<void> {
    const connection = (await runner.connect()) as {
      query: (...given: unknown[]) => unknown
      promise?: () => unknown
    }
    const lose = (target: { query: (...given: unknown[]) => unknown }) => {
      const query = target.query.bind(target)
      target.query = async (...given: unknown[]) => {
        const answer = await query(...given)
        if (text.test(String(given[0]))) throw new Error('the answer was lost')
        return answer
      }
    }
    if (name === 'postgres') lose(connection)
    else {
      const wrapped = connection.promise!() as { query: (...given: unknown[]) => unknown }
      lose(wrapped)
      connection.promise = () => wrapped
    }
  }

  it('keeps its table from the cache until the database must have decided', async () => {
    const runner = dataSource.createQueryRunner()
    await losing(runner, /^UPDATE/)
    await expect(runner.query(`UPDATE labels SET colour = 'new' WHERE code = 'red'`)).rejects.toThrow('lost')
    await runner.release()
    await expectHeld('new')
  })

  it('is a commit whose answer is lost', async () => {
    const runner = dataSource.createQueryRunner()
    await losing(runner, /^COMMIT/)
    await runner.startTransaction()
    await runner.manager.update(Label, { code: 'red' }, { colour: 'new' })
    await expect(runner.commitTransaction()).rejects.toThrow('lost')
    await runner.rollbackTransaction()
    await runner.release()
    await expectHeld('new')
  })

  it('is no rollback whose statements were all answered', async () => {
    const runner = dataSource.createQueryRunner()
    await runner.startTransaction()
    await runner.manager.update(Label, { code: 'red' }, { colour: 'new' })
    await runner.rollbackTransaction()
    await runner.release()
    expect(await isCached()).toBe(true)
  })
})
