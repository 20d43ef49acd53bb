import { createCache } from '@freshet/core'
import { freshet } from '@freshet/typeorm'
import type { DataSourceOptions, MigrationInterface, QueryRunner } from 'typeorm'
import { DataSource } from 'typeorm'
import { decoratedEntities, Label } from '../entities.js'

// What `typeorm … -d` is given: it reads the one DataSource that the file exports.

class AddLabels1700000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `CREATE TABLE "labels" ("code" varchar(40) PRIMARY KEY NOT NULL, "colour" varchar(40))`,
    )
    await runner.manager.getRepository(Label).insert({ code: 'migrated' })
    // A migration may read what it has just written, through whatever repository.
    const read = await runner.manager.getRepository(Label).getWithCache()
    if (read.length !== 1) throw new Error(`A migration reads ${read.length} of the rows that it wrote`)
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE "labels"')
  }
}

export const dataSource = new DataSource({
  ...(JSON.parse(process.env['DATABASE']!) as DataSourceOptions),
  entities: decoratedEntities,
  migrations: [AddLabels1700000000000],
  cache: freshet({ cache: createCache() }),
})
