import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { describe, expect, inject, test } from 'vitest'
import { runCommand } from './run-command.js'

const attw = createRequire(import.meta.url).resolve('@arethetypeswrong/cli/package.json')

describe.each([...inject('packed')])('$name as published', ({ name, folder, tarball, files }) => {
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Record<string, unknown>

  test('publint finds nothing to say', async () => {
    const bytes = readFileSync(tarball)
    const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength)
    const { messages } = await publint({ strict: true, pack: { tarball: buffer } })
    expect(messages.map((message) => formatMessage(message, manifest))).toEqual([])
  })

  test('its types resolve for ES modules, CommonJS and bundlers', async () => {
    const entry = join(attw, '../dist/index.js')
    const run = await runCommand(process.execPath, [
      entry,
      tarball,
      '--profile',
      'node16',
      '--no-color',
      '--no-emoji',
    ])
    expect(run.code, run.stdout + run.stderr).toBe(0)
    expect(run.stdout).toContain(name)
  })

  test('it carries both builds, their maps and sources, and nothing of the workshop', () => {
    expect(files).toEqual(
      expect.arrayContaining(['dist/esm/index.js', 'dist/cjs/index.js', 'dist/cjs/package.json']),
    )
    expect(files).toEqual(
      expect.arrayContaining(['dist/esm/index.d.ts', 'dist/cjs/index.d.ts', 'src/index.ts']),
    )
    const known =
      /^(package\.json|README\.md|LICENSE|src\/.+\.ts|dist\/(esm|cjs)\/.+\.(js|js\.map|d\.ts|d\.ts\.map)|dist\/cjs\/package\.json)$/
    expect(files.filter((file) => !known.test(file))).toEqual([])
  })
})
