import type {
  SqlDriverAdapter,
  SqlDriverAdapterFactory,
  SqlQuery,
  Transaction,
} from '@prisma/driver-adapter-utils'
import { inspect } from 'node:util'
import type { Caching } from './clients.js'

/** What Prisma hands to a query extension, as far as it is used here. */
interface Call {
  readonly model?: string
  readonly operation: string
  readonly args: unknown
  readonly query: (args: unknown) => Promise<unknown>
  readonly __internalParams: {
    readonly transaction?: { readonly kind: string }
    readonly dataPath?: readonly string[]
  }
}

const READS = new Set([
  'findUnique',
  'findUniqueOrThrow',
  'findFirst',
  'findFirstOrThrow',
  'findMany',
  'count',
  'aggregate',
  'groupBy',
])

export interface HomeMadeOptions {
  /** Which statements forget everything; `false` for none. */
  readonly forgets: (sql: string) => boolean
  /** When they do: as soon as they have run, or when their transaction has ended. */
  readonly when: 'statement' | 'end'
  readonly answersInTransactions: boolean
  /** Whether a load that was under way during a write is stored. */
  readonly storesLateLoads: boolean
  readonly sharesObjects: boolean
}

/** Right, and coarse: every statement that is not a plain SELECT forgets everything. */
export const COARSE: HomeMadeOptions = {
  forgets: (sql) => !/^\s*select/i.test(sql) || sql.includes(';') || /touch_/.test(sql),
  when: 'end',
  answersInTransactions: false,
  storesLateLoads: false,
  sharesObjects: false,
}

/**
 * A cache of a few lines that shows the test itself to be sound: in its coarse form nothing may be found,
 * and every option that is set wrong must be found.
 */
export function homeMadeCaching(options: HomeMadeOptions): Caching {
  const answers = new Map<string, unknown>()
  let version = 0
  const forget = (): void => {
    version++
    answers.clear()
  }
  const extension = {
    query: {
      $allModels: {
        $allOperations: async ({ model, operation, args, query, __internalParams: internal }: Call) => {
          // A member of a batch that is not sent would keep the others waiting for ever, which shows nothing.
          const mayAnswer =
            internal.transaction === undefined ||
            (options.answersInTransactions && internal.transaction.kind === 'itx')
          if (!READS.has(operation) || !mayAnswer) return query(args)
          const key = inspect([model, operation, args, internal.dataPath], { depth: 20, sorted: true })
          const copy = options.sharesObjects ? <T>(value: T): T => value : clone
          if (answers.has(key)) return copy(answers.get(key))
          const before = version
          const answer = await query(args)
          if (options.storesLateLoads || before === version) answers.set(key, copy(answer))
          return answer
        },
      },
    },
  }
  return {
    tap: (factory) => tap(factory, options, forget),
    extend: (client) => client.$extends(extension),
    clear: async () => forget(),
    close: async () => undefined,
  }
}

function tap(factory: SqlDriverAdapterFactory, options: HomeMadeOptions, forget: () => void): void {
  const connect = factory.connect.bind(factory)
  factory.connect = async () => {
    const adapter = await connect()
    const start = adapter.startTransaction.bind(adapter)
    watch(adapter, (sql) => options.forgets(sql) && forget())
    adapter.startTransaction = async (level) => {
      const transaction = await start(level)
      let wrote = false
      watch(transaction, (sql) => {
        if (options.forgets(sql) && options.when === 'statement' && !/^(COMMIT|ROLLBACK)/.test(sql)) forget()
        wrote ||= options.forgets(sql)
        if (/^(COMMIT|ROLLBACK$)/.test(sql) && wrote && options.when === 'end') forget()
      })
      return transaction
    }
    return adapter
  }
}

function watch(target: SqlDriverAdapter | Transaction, seen: (sql: string) => void): void {
  const { queryRaw, executeRaw } = target
  const after = <T>(run: (query: SqlQuery) => Promise<T>) => {
    return (query: SqlQuery): Promise<T> => run(query).finally(() => seen(query.sql))
  }
  target.queryRaw = after(queryRaw)
  target.executeRaw = after(executeRaw)
}

function clone<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof Date) return new Date(value) as T
  if (ArrayBuffer.isView(value)) return structuredClone(value)
  if (Array.isArray(value)) return value.map(clone) as T
  const copy = Object.create(Object.getPrototypeOf(value) as object) as Record<string, unknown>
  for (const [key, member] of Object.entries(value)) copy[key] = clone(member)
  return copy as T
}
