import { join } from 'node:path'
import { describe, expect, inject, test } from 'vitest'
import { runCommand } from './run-command.js'

// Three applications that know the packages only as tarballs: nothing of the workspace is in their reach.
const cwd = inject('consumer')
const run = async (script: string, ...args: string[]) =>
  await runCommand(process.execPath, [join(cwd, script), ...args], {
    cwd,
    env: { ...process.env, NODE_OPTIONS: '' },
  })

describe('installed from the packed tarballs', () => {
  test('an ES module and a CommonJS application compile with TypeScript 5 and run', async () => {
    const compiled = await run('node_modules/typescript/bin/tsc', '-p', 'tsconfig.json')
    expect(compiled.code, compiled.stdout).toBe(0)

    const esm = await run('build/esm/app.mjs')
    expect(esm.stdout, esm.stderr).toBe('esm works\n')
    const commonjs = await run('build/commonjs/app.cjs')
    expect(commonjs.stdout, commonjs.stderr).toBe('commonjs works\n')
  })

  test('a NestJS application passes its tests under Jest, in CommonJS', async () => {
    const jest = await run('node_modules/jest/bin/jest.js', '--no-cache', '--ci')
    expect(jest.code, jest.stderr).toBe(0)
    expect(jest.stderr).toMatch(/Tests: +1 passed, 1 total/)
  })
})
