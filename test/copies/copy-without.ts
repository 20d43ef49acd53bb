import { readFileSync } from 'node:fs'
import { rolldown } from 'rolldown'
import type { Rule } from './rule.js'

export interface Copied {
  /** Where the rules' files are named from. */
  readonly folder: URL
  /** The text of a module that exports what the copy is to have. */
  readonly entry: string
  /** The texts of modules that stand for packages, by their names. Default: none. */
  readonly packages?: Readonly<Record<string, string>>
}

/** Exports everything from these files of a folder. */
export const allOf = (folder: URL, names: readonly string[]): string =>
  names.map((name) => `export * from ${JSON.stringify(new URL(`${name}.ts`, folder).pathname)}`).join('\n')

/** Sources with a rule taken out, as one module. */
export async function copyWithout<Api>(
  { folder, entry, packages = {} }: Copied,
  rule: Rule | undefined,
): Promise<Api> {
  const texts: Readonly<Record<string, string>> = { ...packages, 'entry.ts': entry }
  const changed = rule && new URL(rule.file, folder).pathname
  const bundle = await rolldown({
    input: 'entry.ts',
    plugins: [
      {
        name: 'rule',
        resolveId: (id) => (Object.hasOwn(texts, id) ? id : undefined),
        load(id) {
          if (Object.hasOwn(texts, id)) return texts[id]
          if (rule === undefined || id !== changed) return undefined
          return readFileSync(id, 'utf8').replace(rule.find, () => rule.replace)
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
