import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, inject, test } from 'vitest'
import { mustRun } from './run-command.js'

// What importing an entry may cost and pull in. No ORM, no driver, no client of a server: a cache that is imported
// loads what is listed here and nothing else.
const core = [
  '@freshet/core',
  'lru-cache',
  'node:crypto',
  'node:diagnostics_channel',
  'node:events',
  'node:util',
  'object-hash',
]
const store = [
  '@freshet/core',
  'lru-cache',
  'node:buffer',
  'node:crypto',
  'node:diagnostics_channel',
  'node:util',
  'node:zlib',
]
const expected: Readonly<Record<string, readonly string[]>> = {
  '@freshet/core': core,
  '@freshet/core/adapter': ['@freshet/core', 'node:buffer', 'node:crypto', 'node:util'],
  '@freshet/core/store': store,
  '@freshet/redis': [...store, '@freshet/redis'].toSorted(),
  '@freshet/testing': [...core, '@freshet/testing', 'node:assert', 'node:buffer', 'node:zlib'].toSorted(),
  '@freshet/sql': ['@freshet/sql', 'lru-cache', 'node:diagnostics_channel'],
  '@freshet/prisma': [
    ...core,
    '@freshet/prisma',
    '@freshet/sql',
    'node:async_hooks',
    'node:buffer',
  ].toSorted(),
  '@freshet/typeorm': [
    ...core,
    '@freshet/sql',
    '@freshet/typeorm',
    'node:async_hooks',
    'node:buffer',
  ].toSorted(),
}

// What an entry stands on is loaded with all that it loads itself.
const peers: Readonly<Record<string, string>> = { '@freshet/typeorm': 'typeorm' }

const folder = mkdtempSync(join(tmpdir(), 'freshet-trace-'))
const register = fileURLToPath(new URL('./trace/register.mjs', import.meta.url))
afterAll(() => rmSync(folder, { recursive: true }))

async function modulesLoadedBy(format: 'module' | 'commonjs', code: string): Promise<readonly string[]> {
  const file = join(folder, `${process.hrtime.bigint()}.txt`)
  await mustRun(process.execPath, ['--import', register, `--input-type=${format}`, '--eval', code], {
    cwd: inject('consumer'),
    env: { PATH: process.env['PATH'], TRACE_FILE: file },
  })
  const names = readFileSync(file, 'utf8').split('\n').map(nameOf)
  return [...new Set(names.filter((name) => name !== undefined))].toSorted()
}

function nameOf(path: string): string | undefined {
  if (isBuiltin(path)) return path.startsWith('node:') ? path : `node:${path}`
  return /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1]
}

describe.each(Object.entries(expected))('importing %s in a fresh process', (entry, modules) => {
  test('as an ES module loads exactly the listed modules', async () => {
    const load = (name: string) => `import '${name}'`
    expect(await modulesLoadedBy('module', load(entry))).toEqual(await withPeer('module', load))
  })

  test('as CommonJS loads exactly the listed modules', async () => {
    const load = (name: string) => `require('${name}')`
    expect(await modulesLoadedBy('commonjs', load(entry))).toEqual(await withPeer('commonjs', load))
  })

  async function withPeer(format: 'module' | 'commonjs', load: (name: string) => string) {
    const peer = peers[entry]
    if (peer === undefined) return modules
    return [...new Set([...modules, ...(await modulesLoadedBy(format, load(peer)))])].toSorted()
  }
})

test('every entry of every package is listed', () => {
  const entries = inject('packed').flatMap(({ name, folder: packageFolder }) => {
    const manifest = JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8')) as {
      exports: Readonly<Record<string, unknown>>
    }
    return Object.entries(manifest.exports)
      .filter(([, target]) => typeof target === 'object')
      .map(([path]) => join(name, path))
  })
  expect(entries.toSorted()).toEqual(Object.keys(expected).toSorted())
})
