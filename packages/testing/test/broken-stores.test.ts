import { storeConformance, type StoreCheck } from '@freshet/testing'
import { describe, expect, test } from 'vitest'
import { brokenStores, type BrokenStore } from './broken-stores.js'
import { underTest } from './reference-store/index.js'
import { ReferenceStore } from './reference-store/reference-store.js'

function checksOf({ Class = ReferenceStore, consistency, createServer }: BrokenStore): readonly StoreCheck[] {
  return storeConformance(underTest(Class, consistency ?? 'strong', createServer)).filter(
    ({ level }) => level === 'store',
  )
}

async function failuresOf(checks: readonly StoreCheck[]): Promise<readonly StoreCheck[]> {
  const failed: StoreCheck[] = []
  for (const check of checks) await check.run().catch(() => void failed.push(check))
  return failed
}

describe('a store that', () => {
  test.each(brokenStores)('$rule fails where it breaks its word, and nowhere else', async (broken) => {
    const failed = await failuresOf(checksOf(broken))
    const promises = new Set(failed.map(({ promise }) => promise))
    expect(promises, failed.map(({ promise, name }) => `${promise}: ${name}`).join('\n')).toEqual(
      new Set([broken.promise]),
    )
  })
})

test('every promise that is asked of a store itself has a store that breaks it', () => {
  const checks = (['strong', 'bounded', 'eventual'] as const).flatMap((consistency) =>
    storeConformance(underTest(ReferenceStore, consistency)),
  )
  const asked = new Set(checks.filter(({ level }) => level === 'store').map(({ promise }) => promise))
  expect(new Set(brokenStores.map(({ promise }) => promise))).toEqual(asked)
})

test('every check that is asked of a store itself is failed by some store', async () => {
  const sentences = new Set<string>()
  for (const broken of brokenStores) for (const { name } of checksOf(broken)) sentences.add(name)
  for (const broken of brokenStores) {
    for (const { name } of await failuresOf(checksOf(broken))) sentences.delete(name)
  }
  expect([...sentences].join('\n')).toBe('')
})
