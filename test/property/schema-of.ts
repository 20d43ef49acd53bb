import type { Database, Schema } from './model.js'
import { randomSchema } from './random-schema.js'
import { NARROW, narrowSchema } from './narrow-schema.js'
import { TINY, tinySchema } from './tiny-schema.js'

/** The schema of a seed, or one of those that have names. */
export function schemaOf(seed: string, database: Database): Schema {
  if (seed === TINY) return tinySchema(database)
  if (seed === NARROW) return narrowSchema(database)
  if (database !== 'postgresql')
    throw new Error(
      `Random schemas are made for PostgreSQL alone; for ${database} there are the schemas '${TINY}' and '${NARROW}'.`,
    )
  return randomSchema(seed)
}
