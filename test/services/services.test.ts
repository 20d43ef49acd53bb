import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createConnection, type Socket } from 'node:net'
import { fileURLToPath } from 'node:url'
import { createConnection as connectMariaDb } from 'mariadb'
import { Client } from 'pg'
import { describe, expect, test } from 'vitest'
import { type Service, startMariaDb, startPostgres, startRedis } from './index.js'
import { sharedMariaDb, sharedPostgres, sharedRedis } from './shared.js'

async function askPostgres(url: string, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query({ text: sql, rowMode: 'array' })).rows.flat()
  } finally {
    await client.end()
  }
}

async function askMariaDb(url: string, sql: string): Promise<unknown[]> {
  const connection = await connectMariaDb(url)
  try {
    const rows: unknown = await connection.query({ sql, rowsAsArray: true })
    return Array.isArray(rows) ? rows.flat() : []
  } finally {
    await connection.end()
  }
}

async function askRedis({ host, port }: { host: string; port: number }, command: string): Promise<string> {
  return await new Promise((resolve, reject) => {
    const socket: Socket = createConnection({ host, port }, () => socket.write(`${command}\r\n`))
    socket.once('error', reject)
    socket.once('data', (reply) => {
      socket.destroy()
      resolve(reply.toString().trim())
    })
  })
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

function expectNothingLeft({ pid, folder }: Service): void {
  if (pid !== undefined) expect(isAlive(pid)).toBe(false)
  if (folder !== undefined) expect(existsSync(folder)).toBe(false)
}

describe('a server of its own', () => {
  test('PostgreSQL answers, and leaves neither a process nor a folder when it is stopped', async () => {
    const server = await startPostgres()
    try {
      expect(await askPostgres(server.url, 'SELECT 1 + 1')).toEqual([2])
    } finally {
      await server.stop()
    }
    expectNothingLeft(server)
  })

  test('MariaDB answers, and leaves neither a process nor a folder when it is stopped', async () => {
    const server = await startMariaDb()
    try {
      expect(await askMariaDb(server.url, 'SELECT 1 + 1')).toEqual([2])
    } finally {
      await server.stop()
    }
    expectNothingLeft(server)
  })

  test('Redis answers with the arguments it was given, and leaves nothing when it is stopped', async () => {
    const server = await startRedis(['--requirepass', 'secret'])
    try {
      expect(await askRedis(server, 'PING')).toMatch(/^-NOAUTH/)
      expect(await askRedis(server, 'AUTH secret')).toBe('+OK')
    } finally {
      await server.stop()
    }
    expectNothingLeft(server)
  })

  test('a killed server leaves nothing either', async () => {
    const server = await startPostgres()
    await server.kill()
    expectNothingLeft(server)
    await expect(askPostgres(server.url, 'SELECT 1')).rejects.toThrow(/ECONNREFUSED/)
  })

  test('stopping twice, or after a kill, is harmless', async () => {
    const server = await startRedis()
    await server.kill()
    await Promise.all([server.stop(), server.stop()])
    await server.kill()
    expectNothingLeft(server)
  })

  test('a server does not outlive a process that is killed before it can stop it', async () => {
    const script = fileURLToPath(new URL('./cli.ts', import.meta.url))
    const owner = spawn(process.execPath, ['--import', 'tsx', script, 'redis'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [line]: unknown[] = await once(owner.stdout, 'data')
    const server = JSON.parse(String(line)) as Service
    const connection = createConnection(server)
    await once(connection, 'connect')
    const disconnected = once(connection, 'close')
    owner.kill('SIGKILL')
    await disconnected
    await expect(askRedis(server, 'PING')).rejects.toThrow(/ECONNREFUSED/)
  })

  test('a server that cannot start says what it said', async () => {
    await expect(startRedis(['--no-such-option', 'x'])).rejects.toThrow(/no-such-option/)
  })
})

describe('the servers that a run shares', () => {
  test('PostgreSQL gives every caller a database of its own', async () => {
    const server = await sharedPostgres()
    const [one, other] = await Promise.all([server.createDatabase(), server.createDatabase()])
    await askPostgres(one, 'CREATE TABLE only_here (id int)')
    expect(await askPostgres(one, "SELECT to_regclass('only_here') IS NULL")).toEqual([false])
    expect(await askPostgres(other, "SELECT to_regclass('only_here') IS NULL")).toEqual([true])
  })

  test('MariaDB gives every caller a database of its own', async () => {
    const server = await sharedMariaDb()
    const [one, other] = await Promise.all([server.createDatabase(), server.createDatabase('named_by_me')])
    await askMariaDb(one, 'CREATE TABLE only_here (id int)')
    expect(await askMariaDb(one, 'SHOW TABLES')).toEqual(['only_here'])
    expect(await askMariaDb(other, 'SELECT DATABASE()')).toEqual(['named_by_me'])
    expect(await askMariaDb(other, 'SHOW TABLES')).toEqual([])
  })

  test('everybody gets the same server', async () => {
    const [one, other] = await Promise.all([sharedRedis(), sharedRedis()])
    expect(one).toEqual(other)
    expect(await askRedis(one, 'PING')).toBe('+PONG')
  })
})
