import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { memoryStore } from '@freshet/core'
import { describeStore, storeConformance } from '@freshet/testing'
import { expect, test } from 'vitest'

const store = { create: memoryStore, marksWrites: false }

test('the suite runs with the test runner of Node', async () => {
  const file = fileURLToPath(new URL('./node-test.ts', import.meta.url))
  // Otherwise it takes this process for its own runner, and reports to it.
  const { NODE_TEST_CONTEXT: _, ...env } = process.env
  const args = ['--conditions=@freshet/source', '--import', 'tsx', '--test-reporter=tap', file]
  const { stdout } = await promisify(execFile)(process.execPath, args, { env })
  expect(stdout).toContain(`# pass ${storeConformance(store).length}\n`)
  expect(stdout).toContain('# fail 0\n')
})

test('no two checks have the same name, and each is registered once, under its promise', () => {
  const names = storeConformance(store).map(({ name }) => name)
  expect(new Set(names).size).toBe(names.length)
  const registered: string[] = []
  const groups: string[] = []
  describeStore('mine', store, {
    describe: (name, define) => {
      groups.push(name)
      define()
    },
    test: (name) => void registered.push(name),
  })
  expect(registered.toSorted()).toEqual(names.toSorted())
  expect(new Set(groups).size).toBe(groups.length)
  expect(groups).toContain('mine: late puts')
})
