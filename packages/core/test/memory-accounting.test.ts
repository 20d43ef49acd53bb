import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import type { Growth } from './support/growth.js'

const program = fileURLToPath(new URL('./support/growth.ts', import.meta.url))
// With threads of its own the collector lags behind on a busy machine.
const node = ['--expose-gc', '--single-threaded-gc', '--import', 'tsx', '--conditions=@freshet/source']

// In a process of its own: nothing else may grow meanwhile.
async function measure(): Promise<readonly Growth[]> {
  const { stdout } = await promisify(execFile)(process.execPath, [...node, program])
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Growth)
}

/** The middle one of three: the lists that V8 keeps of its own make a shape's growth another one now and then. */
async function middle(): Promise<readonly Growth[]> {
  const runs = [await measure(), await measure(), await measure()]
  return runs[0]!.map(({ shape }) => {
    const ofShape = runs.flatMap((run) => run.filter((growth) => growth.shape === shape))
    return ofShape.toSorted((a, b) => a.said / a.grown - b.said / b.grown)[1]!
  })
}

test('what a memory store says that it occupies is within 15 % of what the process has grown by', async () => {
  const growths = await middle()
  expect(growths.length).toBeGreaterThan(20)
  expect(growths.filter(({ grown, said }) => Math.abs(said / grown - 1) > 0.15)).toEqual([])
}, 360_000)
