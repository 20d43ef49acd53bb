import { mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { DataSourceOptions } from 'typeorm'
import { DataSource } from 'typeorm'
import { afterAll, describe, expect, it } from 'vitest'
import { mustRun } from '../../../test/packaging/run-command.js'
import { createDatabase } from './tap/watched.js'

// TypeORM's own command line, in a process of its own, with a DataSource that has the option.

const folder = mkdtempSync(join(tmpdir(), 'freshet-command-line-'))
afterAll(() => rmSync(folder, { recursive: true }))

const commandLine = createRequire(import.meta.url).resolve('typeorm/cli')
const file = fileURLToPath(new URL('support/command-line/data-source.ts', import.meta.url))

/** What a command prints. It must end well, and by itself. */
function typeorm(database: DataSourceOptions, command: string, ...rest: string[]): Promise<string> {
  const given = ['--import', 'tsx', '--conditions=@freshet/source', commandLine, command, '-d', file, ...rest]
  const env = { ...process.env, DATABASE: JSON.stringify(database), FORCE_COLOR: '0' }
  return mustRun(process.execPath, given, { env })
}

const databases = {
  'better-sqlite3': (): DataSourceOptions => ({
    type: 'better-sqlite3',
    database: join(folder, 'db.sqlite'),
  }),
  postgres: () => createDatabase('postgres'),
}

describe.each(['better-sqlite3', 'postgres'] as const)('the command line of TypeORM on %s', (name) => {
  it('runs, shows and reverts migrations, and makes and drops the schema', async () => {
    const database = await databases[name]()
    const tables = async () => {
      const dataSource = await new DataSource(database).initialize()
      const runner = dataSource.createQueryRunner()
      const found = await Promise.all([runner.hasTable('labels'), runner.hasTable('posts')])
      const rows = found[0] ? await dataSource.query<{ code: string }[]>('SELECT code FROM labels') : []
      await dataSource.destroy()
      return { labels: found[0], posts: found[1], codes: rows.map(({ code }) => code) }
    }
    expect(await typeorm(database, 'migration:run')).toContain('AddLabels1700000000000 has been executed')
    expect(await tables()).toEqual({ labels: true, posts: false, codes: ['migrated'] })
    expect(await typeorm(database, 'migration:show')).toContain('[X] 1 AddLabels1700000000000')
    expect(await typeorm(database, 'migration:revert')).toContain('has been reverted')
    expect(await tables()).toEqual({ labels: false, posts: false, codes: [] })
    expect(await typeorm(database, 'schema:sync')).toContain('Schema synchronization finished successfully')
    expect(await tables()).toEqual({ labels: true, posts: true, codes: [] })
    expect(await typeorm(database, 'query', 'SELECT 40 + 2 AS answer')).toMatch(/answer.*42/s)
    expect(await typeorm(database, 'cache:clear')).toContain('Cache was successfully cleared')
    expect(await typeorm(database, 'schema:drop')).toContain('successfully dropped')
    expect(await tables()).toEqual({ labels: false, posts: false, codes: [] })
  })
})
