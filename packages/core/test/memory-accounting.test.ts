import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import type { Growth } from './support/growth.js'

const program = fileURLToPath(new URL('./support/growth.ts', import.meta.url))
const node = ['--expose-gc', '--import', 'tsx', '--conditions=@freshet/source']

// In a process of its own: nothing else may grow meanwhile.
async function measure(): Promise<readonly Growth[]> {
  const { stdout } = await promisify(execFile)(process.execPath, [...node, program])
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Growth)
}

test('what a memory store says that it occupies is within 15 % of what the process has grown by', async () => {
  const growths = await measure()
  expect(growths.length).toBeGreaterThan(20)
  expect(growths.filter(({ grown, said }) => Math.abs(said / grown - 1) > 0.15)).toEqual([])
}, 240_000)
