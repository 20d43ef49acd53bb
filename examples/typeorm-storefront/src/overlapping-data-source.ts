import { betweenTurns } from '@freshet-example/storefront'
import { DataSource, type QueryRunner } from 'typeorm'

type Mode = Parameters<DataSource['createQueryRunner']>[0]

/** SQLite whose statements take their time, so that those of several visitors overlap. */
export class OverlappingDataSource extends DataSource {
  override createQueryRunner(mode?: Mode): QueryRunner {
    return takeTurns(super.createQueryRunner(mode))
  }
}

// The driver has one connection, and hands out the same runner again and again.
const taught = new WeakSet<QueryRunner>()

function takeTurns(runner: QueryRunner): QueryRunner {
  if (taught.has(runner)) return runner
  taught.add(runner)
  const query = runner.query.bind(runner) as (...given: unknown[]) => Promise<unknown>
  return Object.assign(runner, { query: (...given: unknown[]) => betweenTurns(() => query(...given)) })
}
