import type { OrmName } from './maker.js'
import type { Mutant } from './mutant.js'
import { prismaMutants } from './prisma/mutants.js'
import { sharedMutants } from './shared-mutants.js'
import { typeormMutants } from './typeorm/mutants.js'

const own: Readonly<Record<OrmName, readonly Mutant[]>> = { prisma: prismaMutants, typeorm: typeormMutants }

/** Every rule of invalidation that the test must miss when it is gone. */
export function mutantsOf(orm: OrmName): readonly Mutant[] {
  return [...own[orm], ...sharedMutants]
}
