import type { SqlDriverAdapterFactory, SqlQuery, SqlResultSet } from '@prisma/driver-adapter-utils'

/** A statement that was sent, and what came back; of one that failed nothing is known. */
export interface Sent {
  readonly sql: string
  readonly args: readonly unknown[]
  readonly rows: readonly unknown[] | undefined
  readonly count: number | undefined
}

/** An adapter that keeps what passes it. */
export function watch(factory: SqlDriverAdapterFactory): { factory: SqlDriverAdapterFactory; sent: Sent[] } {
  const sent: Sent[] = []
  return { factory: intercept(factory, sent), sent }
}

const opening: readonly PropertyKey[] = ['connect', 'startTransaction']

function intercept<Target extends object>(target: Target, sent: Sent[]): Target {
  return new Proxy(target, {
    get(_, key) {
      const member: unknown = Reflect.get(target, key)
      if (typeof member !== 'function') return member
      if (opening.includes(key))
        return async (...given: unknown[]) => intercept((await member.apply(target, given)) as object, sent)
      if (key !== 'queryRaw' && key !== 'executeRaw') return member.bind(target) as unknown
      return async (query: SqlQuery) => {
        const { sql, args } = query
        try {
          const answer = (await member.call(target, query)) as SqlResultSet | number
          if (typeof answer === 'number') sent.push({ sql, args, rows: undefined, count: answer })
          else
            sent.push({
              sql,
              args,
              rows: answer.rows,
              count: answer.columnNames.length > 0 ? answer.rows.length : undefined,
            })
          return answer
        } catch (error) {
          sent.push({ sql, args, rows: undefined, count: undefined })
          throw error
        }
      }
    },
  })
}
