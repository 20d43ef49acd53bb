import type { Database, Schema } from './model.js'
import { randomSchema } from './random-schema.js'
import { TINY, tinySchema } from './tiny-schema.js'

/** The schema of a seed, or the one of {@link TINY} values. */
export function schemaOf(seed: string, database: Database): Schema {
  if (seed === TINY) return tinySchema(database)
  if (database !== 'postgresql')
    throw new Error(
      `Random schemas are made for PostgreSQL alone; for ${database} there is the schema '${TINY}'.`,
    )
  return randomSchema(seed)
}
