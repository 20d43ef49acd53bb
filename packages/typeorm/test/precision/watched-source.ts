import type { DataSource, QueryRunner } from 'typeorm'

/** A statement that was answered, with the structured result of its runner. */
export interface Sent {
  readonly sql: string
  readonly parameters: readonly unknown[] | undefined
  readonly result: unknown
}

type Query = (sql: string, parameters?: unknown[], isStructured?: boolean) => Promise<unknown>

const watched = new WeakSet<QueryRunner>()

/** Keeps what passes the runners of a DataSource and is answered. */
export function watch(dataSource: DataSource): Sent[] {
  const sent: Sent[] = []
  const { createQueryRunner } = dataSource
  dataSource.createQueryRunner = (mode) => {
    const runner = createQueryRunner.call(dataSource, mode)
    if (watched.has(runner)) return runner
    watched.add(runner)
    const query = runner.query.bind(runner) as Query
    runner.query = (async (sql: string, parameters?: unknown[], isStructured?: boolean) => {
      const result = await query(sql, parameters, true)
      sent.push({ sql, parameters, result })
      return isStructured === true ? result : (result as { readonly raw: unknown }).raw
    }) as typeof runner.query
    return runner
  }
  return sent
}
