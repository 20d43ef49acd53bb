import { readFileSync } from 'node:fs'
import * as core from '@freshet/core/adapter'
import * as sql from '@freshet/sql'
import { rolldown } from 'rolldown'
import type { Api } from './api.js'
import type { Mutant } from './mutants.js'

export const sources = new URL('../../src/precision/', import.meta.url)
const packages: Readonly<Record<string, object>> = { '@freshet/sql': sql, '@freshet/core/adapter': core }
const shared = Symbol.for('freshet packages of the mutants')
Object.assign(globalThis, { [shared]: packages })

/** The other packages as they are. */
function facade(name: string): string {
  const from = `globalThis[Symbol.for(${JSON.stringify(shared.description)})][${JSON.stringify(name)}]`
  return Object.keys(packages[name]!)
    .map((member) => `export const ${member} = ${from}[${JSON.stringify(member)}]`)
    .join('\n')
}

/** The folder with a rule taken out, as one module. */
export async function copyWithout(mutant: Mutant | undefined): Promise<Api> {
  const entry = ['read-precision', 'statement-tags', 'table-precision', 'value-bucket']
  const bundle = await rolldown({
    input: 'entry',
    plugins: [
      {
        name: 'mutant',
        resolveId: (id) => (id === 'entry' ? 'entry.ts' : Object.hasOwn(packages, id) ? id : undefined),
        load(id) {
          if (Object.hasOwn(packages, id)) return facade(id)
          if (id === 'entry.ts')
            return entry
              .map((name) => `export * from ${JSON.stringify(new URL(`${name}.ts`, sources).pathname)}`)
              .join('\n')
          if (mutant === undefined || !id.endsWith(`/precision/${mutant.file}`)) return undefined
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
