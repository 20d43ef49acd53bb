import type { Database, Field } from '../model.js'
import { randomFrom } from '../random.js'
import { schemaOf } from '../schema-of.js'
import { withExtras, type ExtendedSchema } from './extras.js'

/** The schema of a seed, with what only TypeORM has. */
export function extendedSchema(seed: string, database: Database): ExtendedSchema {
  const schema = schemaOf(seed, database)
  if (!schema.isTiny) return withExtras(schema, randomFrom('extras', seed))
  for (const field of schema.models.flatMap(({ fields }) => fields))
    Object.assign(field, { domain: asTold(field) })
  return { schema, traits: new Map() }
}

/** As TypeORM's drivers tell integers of 64 bits: TypeORM cannot put JavaScript's own into its maps. */
function asTold({ kind, domain }: Field): readonly unknown[] {
  return kind === 'bigint' ? domain.map(String) : domain
}
