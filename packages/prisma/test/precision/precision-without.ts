import * as core from '@freshet/core/adapter'
import * as sql from '@freshet/sql'
import { allOf, copyWithout } from '../../../../test/copies/copy-without.js'
import type { Rule } from '../../../../test/copies/rule.js'
import type { Api } from './api.js'

/** Bundled from their sources, so that a rule can be taken out of them too. */
const bundled = [
  'besides',
  'joined-rows',
  'judged-tags',
  'rows-elsewhere',
  'statement-tags',
  'table-precision',
  'tag-texts',
  'value-bucket',
  'watched-key',
  'write-tags',
  '../conditions',
].map((name) => new URL(`../../../core/src/precision/${name}.ts`, import.meta.url).pathname)
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

/** What the cases ask, with a rule taken out. */
export async function precisionWithout(rule: Rule | undefined): Promise<Api> {
  const entry = [
    `export { conditionsOf, createStatementTags, createValueBucket } from '@freshet/core/adapter'`,
    allOf(sources, ['read-precision', 'table-precision']),
  ].join('\n')
  const names = Object.keys(packages)
  const facades = await Promise.all(names.map(async (name) => [name, await facade(name)] as const))
  return await copyWithout<Api>({ folder: sources, entry, packages: Object.fromEntries(facades) }, rule)
}
