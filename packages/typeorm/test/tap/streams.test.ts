import { once } from 'node:events'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { Label } from '../support/entities.js'
import type { Watched } from './watched.js'
import { createDatabase, open } from './watched.js'

// Of the drivers that have stream(), the one that needs no package for it.
let watched: Watched
beforeAll(async () => {
  watched = await open(await createDatabase('mariadb'))
})
afterAll(async () => {
  await watched.dataSource.destroy()
  await watched.cache.close()
})

const colour = async () =>
  (await watched.dataSource.getRepository(Label).find({ where: { code: 'red' }, cache: true }))[0]?.colour

async function rowsOf(sql: string): Promise<unknown[]> {
  const runner = watched.dataSource.createQueryRunner()
  const rows: unknown[] = []
  try {
    const stream = await runner.stream(sql)
    stream.on('data', (row: unknown) => void rows.push(row))
    await once(stream, 'end')
  } finally {
    await runner.release()
  }
  return rows
}

it('a write whose rows are streamed is invalidated before the stream ends', async () => {
  await colour()
  await rowsOf(
    `INSERT INTO labels (code, colour) VALUES ('red', 'streamed') ON DUPLICATE KEY UPDATE colour = 'streamed'`,
  )
  expect(await colour()).toBe('streamed')
  const rows = await rowsOf(`DELETE FROM labels WHERE code = 'red' RETURNING code`)
  expect(rows).toEqual([{ code: 'red' }])
  expect(await colour()).toBeUndefined()
})

it('a read that is streamed touches nothing', async () => {
  const touched = await watched.touchedBy(() => rowsOf('SELECT * FROM labels'))
  expect(touched).toEqual([])
})

it('a write that is refused while it is streamed tells the reader, and touches nothing', async () => {
  const runner = watched.dataSource.createQueryRunner()
  const touched = await watched.touchedBy(async () => {
    const stream = await runner.stream(`INSERT INTO labels (code) VALUES ('blue')`)
    stream.resume()
    const [error] = (await once(stream, 'error')) as [Error]
    expect(error.message).toMatch(/Duplicate/)
  })
  expect(touched).toEqual([])
  await runner.release()
})
