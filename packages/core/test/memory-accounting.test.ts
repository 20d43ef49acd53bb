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

const ratio = ({ grown, said }: Growth): number => said / grown
const isOff = (growth: Growth): boolean => Math.abs(ratio(growth) - 1) > 0.15

test('what a memory store says that it occupies is within 15 % of what the process has grown by', async () => {
  const growths = await measure()
  expect(growths.length).toBeGreaterThan(20)
  const off = growths.filter(isOff)
  // The lists that V8 keeps of its own make a shape's growth another one now and then: the median of three counts.
  // All shapes anew, since one alone grows otherwise.
  const again = off.length === 0 ? [] : [...(await measure()), ...(await measure())]
  const medians = off.map((growth) => {
    const all = [growth, ...again.filter(({ shape }) => shape === growth.shape)]
    return all.toSorted((a, b) => ratio(a) - ratio(b))[1]!
  })
  expect(medians.filter(isOff)).toEqual([])
}, 360_000)
