import { randomFrom } from '../random.js'
import { randomSchema } from '../random-schema.js'
import { withExtras, type ExtendedSchema } from './extras.js'

/** A table that no entity has. */
export const foreignTable = 'side_table'

/** The schema of a seed, with what only TypeORM has. */
export function extendedSchema(seed: string): ExtendedSchema {
  return withExtras(randomSchema(seed), randomFrom('extras', seed))
}
