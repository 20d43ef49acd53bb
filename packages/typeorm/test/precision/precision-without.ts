import * as core from '@freshet/core/adapter'
import { createStatementTags } from '@freshet/core/adapter'
import * as sql from '@freshet/sql'
import { allOf, copyWithout } from '../../../../test/copies/copy-without.js'
import type { Rule } from '../../../../test/copies/rule.js'
import type { Api } from './api.js'

export const sources = new URL('../../src/precision/', import.meta.url)

const packages: Readonly<Record<string, object>> = { '@freshet/sql': sql, '@freshet/core/adapter': core }
const shared = Symbol.for('freshet packages of the mutants')
Object.assign(globalThis, { [shared]: packages })

/** The other packages as they are: their rules are taken out where they are tested. */
function facade(name: string): string {
  const from = `globalThis[Symbol.for(${JSON.stringify(shared.description)})][${JSON.stringify(name)}]`
  return Object.keys(packages[name]!)
    .map((member) => `export const ${member} = ${from}[${JSON.stringify(member)}]`)
    .join('\n')
}

/** What the cases ask, with a rule taken out. */
export async function precisionWithout(rule: Rule | undefined): Promise<Api> {
  const entry = allOf(sources, [
    'read-precision',
    'load-precision',
    'table-precision',
    'excluded-rows',
    'judge',
  ])
  const facades = Object.fromEntries(Object.keys(packages).map((name) => [name, facade(name)]))
  const copy = await copyWithout<Api>({ folder: sources, entry, packages: facades }, rule)
  return { ...copy, createStatementTags }
}
