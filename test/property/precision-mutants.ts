import { mutants as ofPrisma } from '../../packages/prisma/test/precision/mutants.js'
import { mutants as ofTypeorm } from '../../packages/typeorm/test/precision/mutants.js'
import { mutants as ofRows } from '../../packages/sql/test/rows/mutants.js'
import type { Rule } from '../copies/rule.js'
import type { OrmName } from './maker.js'
import type { Mutant } from './mutant.js'

/** Every rule of precision that widens, in the packages' own lists: there each has a case that it decides. */
export function precisionMutants(orm: OrmName): readonly Mutant[] {
  const own = orm === 'prisma' ? ofPrisma : ofTypeorm
  return [...ofRows.map(mutantIn('sql/src/rows/')), ...own.map(mutantIn(`${orm}/src/precision/`))]
}

const mutantIn =
  (folder: string) =>
  ({ file, rule, find, replace }: Rule): Mutant => ({
    // Without the folder, as its list names it.
    name: `${file.replace(/^.*\//, '').replace('.ts', '')}: ${rule}`,
    rule: 'precision',
    patches: [{ file: folder + file, find, replace }],
  })
