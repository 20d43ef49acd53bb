import { readFileSync } from 'node:fs'
import * as core from '@freshet/core/adapter'
import * as sql from '@freshet/sql'
import { rolldown } from 'rolldown'
import type { Api } from './api.js'
import type { Mutant } from './mutants.js'

/** Bundled from their sources, so that a rule can be taken out of them too. */
const bundled = ['table-precision', 'tag-texts', 'value-bucket', 'watched-key', 'write-tags'].map(
  (name) => new URL(`../../../core/src/precision/${name}.ts`, import.meta.url).pathname,
)
export const sources = new URL('../../src/precision/', import.meta.url)
const packages: Readonly<Record<string, object>> = { '@freshet/sql': sql, '@freshet/core/adapter': core }
const shared = Symbol.for('freshet packages of the mutants')
Object.assign(globalThis, { [shared]: packages })

/** The other packages as they are, but for what is bundled. */
async function facade(name: string): Promise<string> {
  const own = name === '@freshet/sql' ? [] : bundled
  const modules = (await Promise.all(own.map(async (path) => await import(path)))) as readonly object[]
  const mine = new Set(modules.flatMap((module) => Object.keys(module)))
  const from = `globalThis[Symbol.for(${JSON.stringify(shared.description)})][${JSON.stringify(name)}]`
  const others = Object.keys(packages[name]!).filter((member) => !mine.has(member))
  return [
    ...own.map((path) => `export * from ${JSON.stringify(path)}`),
    ...others.map((member) => `export const ${member} = ${from}[${JSON.stringify(member)}]`),
  ].join('\n')
}

/** The folder with a rule taken out, as one module. */
export async function copyWithout(mutant: Mutant | undefined): Promise<Api> {
  const entry = ['read-precision', 'statement-tags', 'table-precision']
  const bundle = await rolldown({
    input: 'entry',
    plugins: [
      {
        name: 'mutant',
        resolveId: (id) => (id === 'entry' ? 'entry.ts' : Object.hasOwn(packages, id) ? id : undefined),
        load(id) {
          if (Object.hasOwn(packages, id)) return facade(id)
          if (id === 'entry.ts')
            return [
              `export { createValueBucket } from '@freshet/core/adapter'`,
              ...entry.map(
                (name) => `export * from ${JSON.stringify(new URL(`${name}.ts`, sources).pathname)}`,
              ),
            ].join('\n')
          if (mutant === undefined || id !== new URL(mutant.file, sources).pathname) return undefined
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
