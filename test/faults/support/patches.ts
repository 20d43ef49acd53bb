import { fileURLToPath } from 'node:url'
import type { Patch } from '../../property/mutant.js'
import { mutants } from '../mutants.js'

const packages = fileURLToPath(new URL('../../../packages/', import.meta.url))

/**
 * What the processes of a test leave out of the sources of the packages: the rule that FAULTS_WITHOUT names, so that one can see
 * the tests fail without it. Nothing by default.
 */
export function patchesToTest(): readonly (Patch & { readonly path: string })[] {
  const name = process.env['FAULTS_WITHOUT']
  if (name === undefined) return []
  const mutant = mutants.find((one) => one.name === name)
  if (mutant === undefined)
    throw new Error(`FAULTS_WITHOUT is '${name}'; it can be ${mutants.map((one) => one.name).join(', ')}`)
  return mutant.patches.map((patch) => ({ ...patch, path: packages + patch.file }))
}
