import { once } from 'node:events'
import type { QueryRunner } from 'typeorm'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { Label } from '../support/entities.js'
import type { Watched } from './watched.js'
import { createDatabase, open } from './watched.js'

// The drivers that have stream(); better-sqlite3 has none.
const upserts = {
  mariadb: `INSERT INTO labels (code, colour) VALUES ('red', 'streamed') ON DUPLICATE KEY UPDATE colour = 'streamed'`,
  postgres: `INSERT INTO labels (code, colour) VALUES ('red', 'streamed') ON CONFLICT (code) DO UPDATE SET colour = 'streamed' RETURNING code`,
}

describe.each(['mariadb', 'postgres'] as const)('stream() on %s', (name) => {
  let watched: Watched
  let runner: QueryRunner
  beforeAll(async () => {
    watched = await open(await createDatabase(name))
  })
  beforeEach(() => {
    runner = watched.dataSource.createQueryRunner()
  })
  afterEach(async () => {
    await runner.release()
  })
  afterAll(async () => {
    await watched.dataSource.destroy()
    await watched.cache.close()
  })

  const colour = async () =>
    (await watched.dataSource.getRepository(Label).find({ where: { code: 'red' }, cache: true }))[0]?.colour

  async function rowsOf(sql: string, parameters?: unknown[]): Promise<unknown[]> {
    const rows: unknown[] = []
    const stream = await runner.stream(sql, parameters)
    stream.on('data', (row: unknown) => void rows.push(row))
    await once(stream, 'end')
    return rows
  }

  it('a write whose rows are streamed is invalidated before the stream ends', async () => {
    await colour()
    await rowsOf(upserts[name])
    expect(await colour()).toBe('streamed')
    const mark = name === 'postgres' ? '$1' : '?'
    const rows = await rowsOf(`DELETE FROM labels WHERE code = ${mark} RETURNING code`, ['red'])
    expect(rows).toEqual([{ code: 'red' }])
    expect(await colour()).toBeUndefined()
  })

  it('a write that is streamed inside a transaction is invalidated when that commits', async () => {
    await rowsOf(upserts[name])
    await runner.query(`UPDATE labels SET colour = 'before' WHERE code = 'red'`)
    expect(await colour()).toBe('before')
    await runner.startTransaction()
    await rowsOf(upserts[name])
    expect(await colour()).toBe('before')
    await runner.commitTransaction()
    expect(await colour()).toBe('streamed')
  })

  it('a write that is streamed while its transaction ends is invalidated when that is committed', async () => {
    await rowsOf(upserts[name])
    await colour()
    const told: string[] = []
    const forget = watched.cache.on(
      'invalidate',
      ({ tags, source }) => void told.push(`${tags.join()} by ${source}`),
    )
    await runner.startTransaction()
    const stream = await runner.stream(upserts[name].replaceAll('streamed', 'at the end'))
    const committed = runner.commitTransaction()
    stream.resume()
    await committed
    forget()
    expect(told.at(-1)).toMatch(/labels~.* by a transaction/)
    expect(await colour()).toBe('at the end')
  })

  it('a read that is streamed touches nothing', async () => {
    const touched = await watched.touchedBy(() => rowsOf('SELECT * FROM labels'))
    expect(touched).toEqual([])
  })

  it('a write that is refused while it is streamed tells the reader, and touches nothing', async () => {
    const touched = await watched.touchedBy(async () => {
      const stream = await runner.stream(`INSERT INTO labels (code) VALUES ('blue')`)
      stream.resume()
      const [error] = (await once(stream, 'error')) as [Error]
      expect(error.message).toMatch(/duplicate/i)
    })
    expect(touched).toEqual([])
  })

  it('a write whose reader goes away is held until nobody can doubt it', async () => {
    await rowsOf(upserts[name])
    await colour()
    const stream = await runner.stream(upserts[name].replaceAll('streamed', 'left alone'))
    const closed = once(stream, 'close')
    ;(stream as NodeJS.ReadableStream & { destroy(): void }).destroy()
    await closed
    const now = async () => {
      const [row] = await watched.dataSource.query<{ colour: string }[]>(
        `SELECT colour FROM labels WHERE code = 'red'`,
      )
      return row!.colour
    }
    // The database may carry it out at any moment.
    const before = await now()
    expect([before, await now()]).toContain(await colour())
    watched.statements.length = 0
    await colour()
    expect(watched.statements).not.toEqual([])
  })
})
