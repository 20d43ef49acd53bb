import { readFileSync } from 'node:fs'
import { rolldown } from 'rolldown'
import { describe, expect, it, vi } from 'vitest'
import type { Api } from './api.js'
import { differingCase, disprovedBySqlite } from './checks.js'
import { mutants, type Mutant } from './mutants.js'

// Thousands of statements take a while on a busy machine.
vi.setConfig({ testTimeout: 300_000 })

const folder = new URL('../../src/rows/', import.meta.url)

/** The package with a rule taken out, as one module. */
async function copyWithout(mutant: Mutant | undefined): Promise<Api> {
  const entry = ['plan-write', 'plan-read', 'row-write', 'read-pins', 'normal-value', 'value-type']
  const bundle = await rolldown({
    input: 'entry',
    plugins: [
      {
        name: 'mutant',
        resolveId: (id) => (id === 'entry' ? 'entry.ts' : undefined),
        load(id) {
          if (id === 'entry.ts')
            return entry
              .map((name) => `export * from ${JSON.stringify(new URL(`${name}.ts`, folder).pathname)}`)
              .join('\n')
          if (mutant === undefined || !id.endsWith(`/rows/${mutant.file}`)) return undefined
          return readFileSync(id, 'utf8').replace(mutant.find, () => mutant.replace)
        },
      },
    ],
    resolve: { extensionAlias: { '.js': ['.ts', '.js'] } },
  })
  const { output } = await bundle.generate({ format: 'esm' })
  await bundle.close()
  const url = `data:text/javascript;base64,${Buffer.from(output[0].code).toString('base64')}`
  return (await import(/* @vite-ignore */ url)) as Api
}

/** A copy that throws fails a test as well. */
function failure(check: () => string | undefined): string | undefined {
  try {
    return check()
  } catch (error) {
    return String(error)
  }
}

it('with every rule in place nothing differs', async () => {
  const api = await copyWithout(undefined)
  expect(differingCase(api)).toBeUndefined()
  expect(disprovedBySqlite(api)).toBeUndefined()
})

describe('a test fails without the rule that', () => {
  it.each(mutants.map((mutant) => [mutant.rule, mutant] as const))('%s', async (_rule, mutant) => {
    const text = readFileSync(new URL(mutant.file, folder), 'utf8')
    expect(text.split(mutant.find), 'the rule stands in one place').toHaveLength(2)
    const api = await copyWithout(mutant)
    expect(failure(() => differingCase(api)) ?? disprovedBySqlite(api)).toBeDefined()
  })
})
