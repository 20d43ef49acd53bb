import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { startRedis } from '../../../../test/services/index.js'
import type { Growth } from '../support/near-growth.js'

const program = fileURLToPath(new URL('../support/near-growth.ts', import.meta.url))
// With threads of its own the collector lags behind on a busy machine.
const node = ['--expose-gc', '--single-threaded-gc', '--import', 'tsx', '--conditions=@freshet/source']

// In a process of its own: nothing else may grow meanwhile.
async function measure(url: string, ...only: string[]): Promise<readonly Growth[]> {
  const { stdout } = await promisify(execFile)(process.execPath, [...node, program, url, ...only])
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Growth)
}

const ratio = ({ grown, said }: Growth): number => said / grown
const isOff = (growth: Growth): boolean => Math.abs(ratio(growth) - 1) > 0.15

test('what near copies say that they occupy is within 15 % of what the process has grown by', async () => {
  const redis = await startRedis()
  try {
    const growths = await measure(redis.url)
    expect(growths.length).toBeGreaterThan(10)
    const wrong: Growth[] = []
    for (const growth of growths.filter(isOff)) {
      // What else the process keeps differs from run to run: the median of three counts.
      const [name] = growth.shape.split(', ')
      const again = [...(await measure(redis.url, name!)), ...(await measure(redis.url, name!))]
      const all = [growth, ...again.filter(({ shape }) => shape === growth.shape)]
      wrong.push(...[all.toSorted((a, b) => ratio(a) - ratio(b))[1]!].filter(isOff))
    }
    expect(wrong).toEqual([])
  } finally {
    await redis.stop()
  }
}, 360_000)
