import type { DataSource } from 'typeorm'
import { createSchemaPrecision } from '../../src/precision/schema-precision.js'
import type { SchemaPrecision } from '../../src/precision/schema-precision.js'
import { sqlDialectOf } from '../../src/reads/index.js'
import { tableGraphOf } from '../../src/schema.js'

const declared = { dependsOn: {}, tables: [] }

/** Of a database that does not say what its tables are: every table has table precision. */
export function widePrecision(dataSource: DataSource): () => SchemaPrecision {
  let builtOf: DataSource['entityMetadatas'] | undefined
  let made: SchemaPrecision
  return () => {
    if (builtOf !== dataSource.entityMetadatas) {
      builtOf = dataSource.entityMetadatas
      made = createSchemaPrecision(dataSource, undefined, {
        dialect: sqlDialectOf(dataSource)!,
        graph: tableGraphOf(dataSource, declared),
        declared,
        precision: {},
        prefix: '',
        seed: '',
      })
    }
    return made
  }
}
